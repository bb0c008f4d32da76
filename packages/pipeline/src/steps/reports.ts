/** `reports`: files with test results, read after the command, also when it failed (pipelines.md §5.1). */
import { Type } from 'typebox';

const FIELDS = {
  type: Type.Enum(['JUnit'], { default: 'JUnit' }),
  spec: Type.Object({ paths: Type.Array(Type.String(), { description: 'Globs below the workspace.' }) }),
} as const;

/** A plain list stands for its paths (contract question Q9). */
const SHORTHAND = {
  listStandsFor: ['spec', 'paths'],
  description: 'Files with test results, read after the command, also when it failed.',
} as const;

export const Reports = Type.Object(FIELDS, SHORTHAND);

/** Of `Test`, whose reports are looked for by themselves. */
export const TestReports = Type.Object(FIELDS, {
  ...SHORTHAND,
  default: { type: 'JUnit', spec: { paths: ['**/*.xml'] } },
});
