/** For tests: a preview as text, every detail in a fixed order. */
import type { ExpressionOutlook, Outlook, Preview, PreviewCondition, PreviewNode, Wait } from './preview.ts';

export function printPreview({ root, problems }: Preview): string {
  const found = problems.map(({ line, document, message, hint, isFatal }) =>
    `${isFatal ? 'FATAL' : '!'} ${document === undefined ? '' : `${document} `}line ${String(line)}: ${message}. ${hint ?? ''}`.trimEnd(),
  );
  return [...printNode(root, ''), ...found].join('\n');
}

function printNode(node: PreviewNode, indent: string): readonly string[] {
  const { kind, identifier, name, type, line, timeout, loop, turn, failureStrategies, expressions, children } = node;
  const more = [
    ...(timeout === undefined
      ? []
      : [
          timeout.kind === 'value'
            ? `timeout ${String(timeout.ms)}${timeout.isDefault ? ' (default)' : ''}`
            : 'timeout later',
        ]),
    ...(turn === undefined ? [] : [`turn ${String(turn.index)} ${JSON.stringify(turn.values)}`]),
    ...(loop === undefined
      ? []
      : [
          loop.kind === 'expanded'
            ? `${String(loop.turns)} turns, ${String(loop.atOnce)} at once`
            : `turns wait for ${waits(loop.waitsFor)}`,
        ]),
    ...(failureStrategies.length === 0 ? [] : [`on failure ${failureStrategies.join(' | ')}`]),
  ];
  const names = name === identifier ? identifier : `${identifier} "${name}"`;
  return [
    `${indent}${kind} ${names}${type === undefined ? '' : ` (${type})`} :${String(line)} ${outlook(node.outlook)}${more.length === 0 ? '' : ` [${more.join('; ')}]`}`,
    ...expressions.map(
      ({ text, path, line: at, document, result }) =>
        `${indent}    ${document === undefined ? '' : `${document} `}:${String(at)} ${path} ${text} = ${value(result)}`,
    ),
    ...children.flatMap((child) => printNode(child, `${indent}  `)),
  ];
}

function outlook(of: Outlook): string {
  const { condition } = of;
  const parts = condition === undefined ? '' : ` {${partsOf(condition)}}`;
  switch (of.kind) {
    case 'runs':
      return `runs${parts}`;
    case 'skipped':
      return `SKIPPED: ${of.why}${parts}`;
    case 'depends':
      return `DEPENDS on ${waits(of.waitsFor)}${parts}`;
    case 'fails':
      return `FAILS: ${of.message}`;
  }
}

function partsOf({ status, parts }: PreviewCondition): string {
  return [
    status,
    ...parts.map((part) => `${part.expression} = ${'value' in part ? part.value : `later: ${waits(part.waitsFor)}`}`),
  ].join('; ');
}

function value(result: ExpressionOutlook): string {
  switch (result.kind) {
    case 'value':
      return `${JSON.stringify(result.value)}${result.isSecret ? ' (secret)' : ''}${result.missing === undefined ? '' : ` (without ${result.missing.join(', ')})`}`;
    case 'knownLater':
      return `later: ${waits(result.waitsFor)}${result.doubt === undefined ? '' : ` ? ${result.doubt.message}. ${result.doubt.hint ?? ''}`}`;
    case 'neverKnown':
      return `NEVER: ${result.message}. ${result.hint ?? ''}`.trimEnd();
  }
}

function waits(list: readonly Wait[]): string {
  return list.map(({ text }) => text).join(' + ');
}
