/** Why a document is not taken. Names fields, never values: it is printed, and values are secrets. */
export interface Objection {
  /** `secret.spec.valueType` */
  readonly field: string;
  /** A sentence's end, as in `<field>: is missing`. */
  readonly reason: string;
}
