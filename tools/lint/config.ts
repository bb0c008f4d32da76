/**
 * Builds the oxlint configuration from the import table in `tools/rooms.ts`.
 *
 * When two overrides match one file, the options of the last replace those of the earlier ones. So every room gets one
 * complete entry per folder depth, and the rooms are written from the general to the special.
 */
import { ROOMS, type Room } from '../rooms.ts';

/** Folders below a room that get their own entry; nothing is nested deeper. */
const ROOM_DEPTH_MAX = 4;

const TEST_FILES = ['*.test.ts', '*.test.tsx', 'test-*.ts', 'test-*.tsx'] as const;
const SOURCE_FILES = ['*.ts', '*.tsx'] as const;
const TEST_LIBRARIES = ['vitest', 'fast-check'] as const;

type Rules = Record<string, unknown>;
interface Override {
  readonly files: readonly string[];
  readonly rules: Rules;
}

export interface LintOptions {
  /** Prepended to every file glob; the violation fixture lies in a subfolder and needs any-folder globs. */
  readonly globPrefix: string;
  readonly ignorePatterns: readonly string[];
  /** Path of the folder of this file, seen from the configuration. */
  readonly pluginPath: string;
}

export function lintConfig(options: LintOptions): Record<string, unknown> {
  const prefixed = (override: Override): Override => ({
    files: override.files.map((glob) => options.globPrefix + glob),
    rules: override.rules,
  });
  return {
    $schema: './node_modules/oxlint/configuration_schema.json',
    options: { typeAware: true },
    plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'vitest', 'react', 'jsx-a11y'],
    jsPlugins: [options.pluginPath],
    categories: { correctness: 'error' },
    ignorePatterns: options.ignorePatterns,
    rules: BASE_RULES,
    overrides: [...ROOMS.flatMap(roomOverrides), ...OTHER_OVERRIDES].map(prefixed),
  };
}

const BASE_RULES: Rules = {
  eqeqeq: 'error',
  'no-console': 'off',
  'no-var': 'error',
  'prefer-const': 'error',
  'import/no-cycle': 'error',
  'import/no-default-export': 'error',
  'typescript/await-thenable': 'error',
  'typescript/ban-ts-comment': 'error',
  'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  'typescript/explicit-module-boundary-types': 'error',
  'typescript/no-explicit-any': 'error',
  'typescript/no-floating-promises': 'error',
  'typescript/no-misused-promises': 'error',
  'typescript/no-non-null-assertion': 'error',
  'typescript/only-throw-error': ['error', { allowThrowingUnknown: true }],
  'typescript/return-await': ['error', 'error-handling-correctness-only'],
  'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  'unicorn/filename-case': ['error', { case: 'kebabCase' }],
  // Ours instead of `vitest/no-disabled-tests`, which takes `it.runIf(…)` for a test without a body.
  'bridle/no-skipped-test': 'error',
  'vitest/no-disabled-tests': 'off',
  'vitest/no-focused-tests': 'error',
  // These cry wolf: the compiler covers the first, the second fights `fc.*`.
  'typescript/consistent-return': 'off',
  'import/no-named-as-default-member': 'off',
  // A property test asserts inside fast-check's callback, a conformance suite inside a function that it is handed.
  'vitest/expect-expect': 'off',
  'vitest/no-conditional-expect': 'off',
  'vitest/no-standalone-expect': 'off',
  'vitest/require-mock-type-parameters': 'off',
  'vitest/valid-title': 'off',
  'vitest/require-to-throw-message': 'off',
  // `void` marks a result as ignored on purpose, whatever the callee returns today.
  'typescript/no-meaningless-void-operator': 'off',
  // `then` is a word of ours in syntax trees; spreading a literal groups what belongs together on one line.
  'unicorn/no-thenable': 'off',
  'unicorn/no-useless-spread': 'off',
  // `${number}` and `${brandedId}` are how we write texts; objects and undefined stay forbidden.
  'typescript/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // The empty character class and control characters are what an ANSI and a YAML reader are about.
  'no-control-regex': 'off',
};

const PURE_RULES: Rules = {
  'bridle/no-argless-date': 'error',
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Pure code is told the time.' },
    { object: 'Math', property: 'random', message: 'Pure code is told its seed.' },
  ],
  'no-restricted-globals': [
    'error',
    { name: 'crypto', message: 'Pure code draws nothing at random.' },
    { name: 'performance', message: 'Pure code is told the time.' },
  ],
};

const OTHER_OVERRIDES: readonly Override[] = [
  // Their loaders ask for a default export.
  { files: ['*.config.ts', '**/*.config.ts', 'tools/**'], rules: { 'import/no-default-export': 'off' } },
  {
    files: ['packages/web/src/**/*.ts', 'packages/web/src/**/*.tsx'],
    rules: {
      // A component's return type says nothing that its name does not, and a query's is longer than the query.
      'typescript/explicit-module-boundary-types': 'off',
      // The router is told to redirect by a thrown value.
      'typescript/only-throw-error': 'off',
      // `role="status"` on a block is right where <output>, an inline element of forms, is not.
      'jsx-a11y/prefer-tag-over-role': 'off',
      // Used where a page or a dialog has one purpose and one field.
      'jsx-a11y/no-autofocus': 'off',
    },
  },
  // A test takes apart what it has just built; the assertion reads better than a branch.
  {
    files: ['**/*.test.ts', '**/*.test.tsx', '**/test-*.ts'],
    rules: {
      'typescript/no-non-null-assertion': 'off',
      'typescript/explicit-module-boundary-types': 'off',
      'typescript/unbound-method': 'off',
      // A fake server's handler may be asynchronous; what it throws ends the test all the same.
      'typescript/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
    },
  },
];

/** One complete entry per folder depth and kind of file (source, test), because `../` means another room at each depth. */
function roomOverrides(room: Room): readonly Override[] {
  const depths = room.file !== undefined || room.topOnly ? 0 : ROOM_DEPTH_MAX;
  const overrides: Override[] = [];
  for (let depth = 0; depth <= depths; depth += 1) {
    const folder = [room.folder, ...Array.from({ length: depth }, () => '*')].join('/');
    overrides.push({
      files: room.file === undefined ? SOURCE_FILES.map((glob) => `${folder}/${glob}`) : [`${folder}/${room.file}`],
      rules: {
        ...importRule(room, depth),
        ...(room.pure ? PURE_RULES : {}),
        ...(room.quiet ? { 'no-console': 'error' } : {}),
      },
    });
    if (room.file === undefined) {
      overrides.push({
        files: TEST_FILES.map((glob) => `${folder}/${glob}`),
        rules: {
          ...testImportRule(room, depth),
          'bridle/no-argless-date': 'off',
          'no-restricted-properties': 'off',
          'no-restricted-globals': 'off',
        },
      });
    }
  }
  return overrides;
}

function importRule(room: Room, depth: number): Rules {
  const allowed = [
    ...insideOfRoom(depth),
    ...(room.rooms ?? []).flatMap((name) => siblingRoom(room, name, depth)),
    ...(room.leaves ?? []).map((file) => `${'../'.repeat(depth + 1)}${file}`),
    ...byName(room.packages, room.libraries, room.node ?? false),
  ];
  return restrict(allowed, outsideOfRoom(room, depth), `Not in the row of ${nameOf(room)} in tools/rooms.ts.`);
}

/** Tests may look into every room of their own package: they check how the rooms fit. */
function testImportRule(room: Room, depth: number): Rules {
  const levels = depth + levelsBelowPackageSource(room);
  const allowed = [
    ...insideOfRoom(levels),
    ...byName(
      [...(room.packages ?? []), ...(room.testPackages ?? [])],
      [
        ...(room.libraries ?? []),
        ...TEST_LIBRARIES,
        ...(packageOf(room) === undefined ? [] : librariesOfPackage(room)),
      ],
      true,
    ),
  ];
  return restrict(allowed, [`${'../'.repeat(levels + 1)}**`], `Not for tests of ${nameOf(room)}: see tools/rooms.ts.`);
}

function restrict(allowed: readonly string[], denied: readonly string[], message: string): Rules {
  const group = ['*', ...allowed.map((pattern) => `!${pattern}`), ...denied];
  return { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] };
}

function insideOfRoom(depth: number): readonly string[] {
  return ['./*', './**', ...Array.from({ length: depth }, (_, up) => `${'../'.repeat(up + 1)}**`)];
}

/** What the patterns for the inside let through by accident, denied again: `./../plan/x.ts` and the way up and out. */
function outsideOfRoom(room: Room, depth: number): readonly string[] {
  return [
    './../**',
    ...(room.rooms === undefined && room.leaves === undefined ? [`${'../'.repeat(depth + 1)}**`] : []),
  ];
}

function siblingRoom(room: Room, name: string, depth: number): readonly string[] {
  if (room.topOnly || room.file !== undefined) return name === '*' ? [] : [`./${name}/**`];
  return [`${'../'.repeat(depth + 1)}${name === '*' ? '**' : `${name}/**`}`];
}

function byName(packages: readonly string[] = [], libraries: readonly string[] = [], node: boolean): readonly string[] {
  return [
    ...packages.map((name) => `@bridle/${name}`),
    ...libraries.flatMap((name) => (name.endsWith('/*') ? [name, `${name.slice(0, -1)}**`] : [name, `${name}/**`])),
    ...(node ? ['node:*', 'node:*/**'] : []),
  ];
}

function packageOf(room: Room): string | undefined {
  return /^packages\/[^/]+/.exec(room.folder)?.[0];
}

function librariesOfPackage(room: Room): readonly string[] {
  const home = packageOf(room);
  return ROOMS.filter((other) => packageOf(other) === home).flatMap((other) => other.libraries ?? []);
}

function levelsBelowPackageSource(room: Room): number {
  return packageOf(room) === undefined ? 0 : room.folder.split('/').length - 3;
}

function nameOf(room: Room): string {
  return room.file === undefined ? room.folder : `${room.folder}/${room.file}`;
}
