/** What expressions work on: JSON values, nothing else. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
