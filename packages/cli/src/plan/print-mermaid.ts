/** A preview as a Mermaid flowchart: stages, groups and loops as boxes, what follows by arrows, what would not run in grey. */
import type { Preview, PreviewNode } from '@bridle/pipeline';
import { waitsText } from './outlook-words.ts';

/** Nobody reads more boxes of one loop. */
const TURNS_MAX = 10;

export function toMermaid({ root }: Preview): string {
  const chart = new Chart();
  chart.sequence(root.children.filter(isDrawn), '  ');
  return ['flowchart TD', ...chart.lines, ...CLASSES, ''].join('\n');
}

const CLASSES = [
  '  classDef skipped fill:#eee,stroke:#999,color:#666,stroke-dasharray:4 3',
  '  classDef depends fill:#fff7d6,stroke:#b58900,color:#333',
  '  classDef fails fill:#fde0de,stroke:#c0392b,color:#333',
];

/** Rollbacks run beside the way that is drawn. */
function isDrawn({ kind }: PreviewNode): boolean {
  return kind !== 'rollback';
}

class Chart {
  readonly lines: string[] = [];
  #count = 0;

  /** One after the other; answers with the ids. */
  sequence(nodes: readonly PreviewNode[], indent: string): void {
    const ids = nodes.map((node) => this.#node(node, indent));
    for (const [index, id] of ids.entries()) {
      const before = ids[index - 1];
      if (before !== undefined) this.lines.push(`${indent}${before} --> ${id}`);
    }
  }

  #node(node: PreviewNode, indent: string): string {
    const id = `n${String((this.#count += 1))}`;
    const children = node.children.filter(isDrawn);
    if (children.length === 0) {
      this.lines.push(`${indent}${id}["${labelOf(node)}"]${classOf(node)}`);
      return id;
    }
    this.lines.push(`${indent}subgraph ${id}["${labelOf(node)}"]`);
    const inner = `${indent}  `;
    if (node.kind === 'fork' || node.kind === 'strategy') this.#beside(children, inner);
    else this.sequence(children, inner);
    this.lines.push(`${indent}end`);
    const name = classOf(node).slice(':::'.length);
    if (name !== '') this.lines.push(`${indent}class ${id} ${name}`);
    return id;
  }

  #beside(children: readonly PreviewNode[], indent: string): void {
    for (const child of children.slice(0, TURNS_MAX)) this.#node(child, indent);
    const left = children.length - TURNS_MAX;
    if (left > 0) this.lines.push(`${indent}n${String((this.#count += 1))}["… ${String(left)} more"]`);
  }
}

function labelOf(node: PreviewNode): string {
  const { kind, name, type, outlook, loop } = node;
  const more = [
    ...(type === undefined ? [] : [type]),
    ...(loop === undefined ? [] : [loop.kind === 'expanded' ? `${String(loop.turns)} turns` : 'turns known later']),
    ...(outlook.kind === 'skipped' ? ['skipped'] : []),
    ...(outlook.kind === 'depends' ? [`depends on ${waitsText(outlook.waitsFor)}`] : []),
    ...(outlook.kind === 'fails' ? ['fails'] : []),
  ];
  const lines = [kind === 'fork' ? 'in parallel' : name, ...(more.length === 0 ? [] : [more.join(', ')])];
  // The title of a box with others in it has one line only.
  return lines.map(escape).join(node.children.some(isDrawn) ? ': ' : '<br>');
}

/** Labels are HTML in quotes: nothing of a name may end or change them. */
function escape(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} .,_:/-]/gu, (sign) => `#${String(sign.codePointAt(0))};`);
}

function classOf({ outlook }: PreviewNode): string {
  return outlook.kind === 'runs' ? '' : `:::${outlook.kind}`;
}
