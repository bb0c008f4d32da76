/** What is wrong with one document, by its kind and with all that its repository knows. */
import {
  checkInputSet,
  checkOverlayInputSet,
  checkPipeline,
  compilePipeline,
  isBlocked,
  parseEnvironment,
  parseInfrastructure,
  parseInputSet,
  parseService,
  parseServiceOverrides,
  parseTemplate,
  parseTest,
  parseTrigger,
  expandTemplate,
  type Diagnostic,
} from '@bridle/pipeline';
import type { RepositoryFile } from '../repository/repository-file.ts';
import { scopeOf, type Repository } from '../repository/repository.ts';

/** `undefined` = documents of this kind are not checked by Bridle. */
export function checkFile(file: RepositoryFile, repository: Repository): readonly Diagnostic[] | undefined {
  switch (file.rootKey) {
    case 'pipeline':
      return checkWholePipeline(file.text, repository);
    case 'template':
      return checkTemplate(file, repository);
    case 'inputSet':
      return checkSet(file, repository);
    case 'overlayInputSet':
      return checkOverlayInputSet(file.text, (identifier) => findInputSet(identifier, repository)?.text);
    case 'trigger':
      return parseTrigger(file.text).diagnostics;
    case 'service':
      return parseService(file.text).diagnostics;
    case 'environment':
      return parseEnvironment(file.text).diagnostics;
    case 'infrastructureDefinition':
      return parseInfrastructure(file.text).diagnostics;
    case 'serviceOverrides':
      return parseServiceOverrides(file.text).diagnostics;
    case 'test':
      return parseTest(file.text).diagnostics;
    case 'connector':
    case 'secret':
    case 'variable':
    case 'project':
    case 'organization':
      return undefined;
  }
}

/** An input set or overlay by its identifier. */
export function findInputSet(identifier: string, repository: Repository): RepositoryFile | undefined {
  return repository.findFile('inputSet', identifier) ?? repository.findFile('overlayInputSet', identifier);
}

/**
 * The pipeline with its templates; where that is sound, also the services and environments it deploys. What a run would have
 * to be given is no fault of the text.
 */
function checkWholePipeline(yaml: string, repository: Repository): readonly Diagnostic[] {
  const { diagnostics } = checkPipeline(yaml, repository);
  if (isBlocked(diagnostics, 'run')) return diagnostics;
  const compiled = compilePipeline({ yaml, inputYaml: '', documents: repository });
  if (compiled.kind !== 'refused') return diagnostics;
  const known = new Set(diagnostics.map(keyOf));
  const more = compiled.diagnostics.filter((found) => !found.code.startsWith('INPUT_') && !known.has(keyOf(found)));
  return [...diagnostics, ...more];
}

function checkTemplate(file: RepositoryFile, repository: Repository): readonly Diagnostic[] {
  const { diagnostics } = parseTemplate(file.text);
  if (isBlocked(diagnostics, 'save')) return diagnostics;
  const known = new Set(diagnostics.map(keyOf));
  const expanded = expandTemplate(file.text, scopeOf(file) ?? 'project', repository).diagnostics;
  return [...diagnostics, ...expanded.filter((found) => !known.has(keyOf(found)))];
}

function checkSet(file: RepositoryFile, repository: Repository): readonly Diagnostic[] {
  const wanted = file.field('pipelineIdentifier');
  const pipeline = wanted === undefined ? undefined : repository.findFile('pipeline', wanted);
  if (pipeline === undefined) return parseInputSet(file.text).diagnostics;
  return checkInputSet(pipeline.text, file.text, repository).diagnostics;
}

function keyOf({ code, path, document }: Diagnostic): string {
  return `${code} ${document ?? ''} ${path}`;
}
