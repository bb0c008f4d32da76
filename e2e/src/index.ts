export { createPipeline, createTrigger, customTrigger, detailsWhenFinal, fire, shellPipeline } from './api.ts';
export { startProduct, type Product } from './product.ts';
