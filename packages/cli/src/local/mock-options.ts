/** Mocks of `--executor dummy`: of a file in the format of pipeline tests, and of single words. */
import { resolve } from 'node:path';
import {
  isBlocked,
  isNamed,
  listPlanPlaces,
  parseMocks,
  type Diagnostic,
  type Mock,
  type Plan,
} from '@bridle/pipeline';
import { stringify } from 'yaml';
import { suggestLine } from '../command-line/suggest-line.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { readText } from '../repository/choose-pipeline.ts';

/**
 * Those of single words come first: the first that fits counts.
 * @param plan - what they are about; steps of chained pipelines are not in it
 * @throws UsageError
 */
export function readMocks(
  words: readonly string[],
  file: string | undefined,
  { plan, folder }: { readonly plan: Plan; readonly folder: string },
): readonly Mock[] {
  const mocks = readAll(words, file, folder);
  const places = listPlanPlaces(plan);
  const isChained = Object.values(plan.nodes).some((node) => node.kind === 'stage' && node.chain !== undefined);
  for (const { subject } of mocks) {
    const name = subject.name.value;
    if (isChained || places.some((place) => isNamed(name, place))) continue;
    const known = Object.values(plan.nodes).flatMap((node) => (node.kind === 'step' ? [node.identifier] : []));
    throw new UsageError(
      `A mock is about ${name}, and the pipeline has no such step.`,
      `${suggestLine(name.split('.').at(-1) ?? name, known)}Steps: ${known.join(', ')}.`,
      5,
    );
  }
  return mocks;
}

function readAll(words: readonly string[], file: string | undefined, folder: string): readonly Mock[] {
  const ofWords = words.length === 0 ? [] : parse(stringify({ mocks: mocksOf(words) }), () => '--mock');
  if (file === undefined) return ofWords;
  return [...ofWords, ...parse(readText(resolve(folder, file), file), ({ range }) => `${file}:${range.start.line}`)];
}

function parse(yaml: string, placeOf: (diagnostic: Diagnostic) => string): readonly Mock[] {
  const { mocks, diagnostics } = parseMocks(yaml);
  const [first] = diagnostics.filter((each) => isBlocked([each], 'run'));
  if (first !== undefined) throw new UsageError(`${placeOf(first)}: ${first.message}`, first.hint);
  return mocks;
}

interface WrittenMock {
  readonly step: string;
  readonly outputs: Record<string, string>;
  [key: string]: unknown;
}

/** `build.test=Failed`, `build.test:output.version=1.2`, `build.test:duration=2h`; words about one step are one mock. */
function mocksOf(words: readonly string[]): readonly object[] {
  const mocks = new Map<string, WrittenMock>();
  for (const word of words) {
    const [, step, key = 'status', value] = /^([^:=]+)(?::([^=]+))?=(.*)$/s.exec(word) ?? [];
    if (step === undefined || value === undefined) {
      throw new UsageError(
        `--mock ${word} is not PLACE=STATUS.`,
        'Write STAGE.STEP=Failed, or STAGE.STEP:output.NAME=VALUE, STAGE.STEP:exitCode=3, STAGE.STEP:errorType=Timeout.',
      );
    }
    const mock = mocks.get(step) ?? { step, outputs: {} };
    mocks.set(step, mock);
    const [, output] = /^outputs?\.(.+)$/s.exec(key) ?? [];
    if (output === undefined) mock[key] = /^\d+$/.test(value) ? Number(value) : value;
    else mock.outputs[output] = value;
  }
  return [...mocks.values()].map(({ outputs, ...mock }) => ({
    ...mock,
    ...(Object.keys(outputs).length === 0 ? {} : { outputs }),
  }));
}
