export { ABUSES } from './abuse.ts';
export { createPipeline, createTrigger, customTrigger, detailsWhenFinal, fire, shellPipeline } from './api.ts';
export { look, pipeline, save, shell, stage, startSaved } from './runs.ts';
export { startProduct, type Product } from './product.ts';
