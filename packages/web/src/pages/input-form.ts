/** From a runtime input template to a form, and back to the YAML that starts the pipeline. */
import { parseRuntimeInput, type RuntimeInput } from '@bridle/pipeline';
import { isMap, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';

export type Path = readonly (string | number)[];

export interface FormField {
  readonly path: Path;
  /** Stable key of the field in the form's values. */
  readonly key: string;
  readonly label: string;
  /** Where it stands, for people: `stage build › step test`. */
  readonly place: string;
  readonly input: RuntimeInput;
  readonly isNumber: boolean;
  /** The text around the input, when the template asks for a whole text (a script). */
  readonly text?: string;
}

/** Every place of the template that asks for a value, in document order. */
export function readFields(templateYaml: string): readonly FormField[] {
  const document = parseDocument(templateYaml);
  const fields: FormField[] = [];
  collect(document.contents, [], [], document, fields);
  return fields;
}

/** The template with the values filled in; a field left empty that has a default is left out, so that the default holds. */
export function fillIn(
  templateYaml: string,
  fields: readonly FormField[],
  values: Readonly<Record<string, string>>,
): string {
  const document = parseDocument(templateYaml);
  for (const field of fields) {
    const value = values[field.key] ?? '';
    if (value === '' && field.input.default !== undefined) document.setIn(field.path, field.input.default);
    else
      document.setIn(
        field.path,
        field.isNumber && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value,
      );
  }
  return String(document);
}

function collect(
  node: Node | null,
  path: Path,
  place: readonly string[],
  document: Document,
  fields: FormField[],
): void {
  if (isMap(node)) {
    const identifier = node.get('identifier');
    const inner =
      typeof identifier === 'string' && path.length > 1 ? [...place, `${String(path.at(-1))} ${identifier}`] : place;
    for (const { key, value } of node.items)
      collect(value as Node | null, [...path, String(isScalar(key) ? key.value : key)], inner, document, fields);
  } else if (isSeq(node)) {
    node.items.forEach((item, index) => collect(item as Node | null, [...path, index], place, document, fields));
  } else if (isScalar(node) && typeof node.value === 'string') {
    const parsed = parseRuntimeInput(node.value);
    if (parsed.kind === 'none') return;
    fields.push({
      path,
      key: path.join('.'),
      label: labelOf(path, document),
      place: place.join(' › '),
      input: parsed.input,
      isNumber: siblingOf(path, 'type', document) === 'Number',
      ...(parsed.kind === 'text' ? { text: node.value } : {}),
    });
  }
}

/** A variable is known by its name, everything else by its key. */
function labelOf(path: Path, document: Document): string {
  const name = siblingOf(path, 'name', document);
  const key = String(path.at(-1));
  return key === 'value' && typeof name === 'string' ? name : key;
}

function siblingOf(path: Path, key: string, document: Document): unknown {
  return document.getIn([...path.slice(0, -1), key]);
}
