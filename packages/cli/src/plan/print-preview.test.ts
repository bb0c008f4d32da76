import { compilePipeline, previewPlan, type Preview } from '@bridle/pipeline';
import { describe, expect, it } from 'vitest';
import { Repository } from '../repository/repository.ts';
import { createStyle } from '../terminal/style.ts';
import { chooseSymbols } from '../terminal/symbols.ts';
import { testFolder } from '../testing/test-folder.ts';
import { print } from '../view/pieces.ts';
import { toMermaid } from './print-mermaid.ts';
import { LOOP_LINES_MAX, treeOf } from './print-tree.ts';
import { MANY_TURNS, RELEASE, REPOSITORY } from './test-repository.ts';

const SCOPE = { accountId: 'local', orgIdentifier: 'default', projectIdentifier: 'local' };
const UNICODE = chooseSymbols({}, 'linux');
const ASCII = chooseSymbols({ BRIDLE_ASCII: '1' }, 'linux');

const INPUTS = 'pipeline: {variables: [{name: tag, value: "1.2"}]}';

function previewOf(yaml: string, inputYaml = INPUTS): Preview {
  const folder = testFolder(REPOSITORY);
  const documents = new Repository({ root: folder, harness: [`${folder}/.harness`] });
  const compiled = compilePipeline({
    yaml,
    inputYaml,
    documents,
  });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  return previewPlan({ compiled, source: { yaml, documents }, scope: SCOPE });
}

function tree(preview: Preview, symbols = UNICODE): string {
  return treeOf(preview, { style: createStyle(false), symbols })
    .map(print)
    .join('\n');
}

describe('a tree', () => {
  it('speaks ASCII where it is asked to', () => {
    expect(tree(previewOf(RELEASE), ASCII)).toMatch(/^[\n -~]*$/);
  });

  it('counts the turns that it does not show', () => {
    const text = tree(previewOf(MANY_TURNS, ''));
    expect(text).toContain('loop, 256 turns, 4 at once');
    expect(text.split('\n').filter((line) => line.includes('Turn_'))).toHaveLength(LOOP_LINES_MAX);
    expect(text).toContain('└─ … 216 more');
  });

  it('shows nothing that a name brings to move the cursor', () => {
    const named = RELEASE.replace('name: Build', String.raw`name: "Bu\e[2Jild\nx"`);
    expect(tree(previewOf(named))).not.toContain('\u001b');
  });
});

describe('a flowchart', () => {
  it('has stages, groups and loops as boxes', async () => {
    await expect(toMermaid(previewOf(RELEASE))).toMatchFileSnapshot('testdata/release.mermaid');
  });

  it('lets no name end its own label', () => {
    const chart = toMermaid(previewOf(RELEASE.replace('name: Build', `name: 'a"]; click n1 "javascript:x" %%'`)));
    expect(chart).toContain('subgraph n1["a#34;#93;#59; click n1 #34;javascript:x#34; #37;#37;: Custom"]');
  });

  it('draws ten turns of a loop, and how many there are more', () => {
    const chart = toMermaid(previewOf(MANY_TURNS, ''));
    expect(chart.match(/"Turn_/g)).toHaveLength(10);
    expect(chart).toContain('["… 246 more"]');
  });
});
