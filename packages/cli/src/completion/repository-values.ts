import { expandPipeline, listStages, listSteps, parsePipeline } from '@bridle/pipeline';
import { UsageError } from '../command-line/usage-error.ts';
import { nameInputs } from '../inputs/input-names.ts';
import { choosePipeline, type ChosenPipeline } from '../repository/choose-pipeline.ts';
import { openRepository } from '../repository/repository.ts';
import type { Candidate, CompletionValue, Place, ServerValue } from './complete.ts';

/** Values of the repository around the folder. Whatever is wrong with it, there is just nothing to offer. */
export function repositoryValues(
  folder: string,
): (kind: Exclude<CompletionValue, ServerValue>, place: Place) => readonly Candidate[] {
  return (kind, { pipeline: given }) => {
    if (kind === 'pipeline') return identifiers(folder, 'pipeline');
    if (kind === 'inputSet') return [...identifiers(folder, 'inputSet'), ...identifiers(folder, 'overlayInputSet')];
    const chosen = choose(folder, given);
    if (chosen === undefined) return [];
    if (kind === 'input') {
      return nameInputs(chosen.file.text, chosen.repository, undefined).map(({ name, field }) => ({
        value: `${name}=`,
        ...(field.description === undefined ? {} : { description: field.description }),
      }));
    }
    const stages = listStages(pipelineOf(chosen)?.stages ?? []);
    return kind === 'stage'
      ? stages.map(({ identifier, name }) => ({ value: identifier, description: name }))
      : stages.flatMap((stage) =>
          listSteps(stage.steps).map(({ identifier, name }) => ({ value: identifier, description: name })),
        );
  };
}

function identifiers(folder: string, rootKey: 'pipeline' | 'inputSet' | 'overlayInputSet'): readonly Candidate[] {
  return openRepository(folder)
    .list(rootKey)
    .flatMap((file) => {
      const value = file.field('identifier');
      const description = file.field('name');
      return value === undefined ? [] : [{ value, ...(description === undefined ? {} : { description }) }];
    });
}

function choose(folder: string, given: string | undefined): ChosenPipeline | undefined {
  try {
    return choosePipeline(folder, given);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function pipelineOf({ file, repository }: ChosenPipeline): ReturnType<typeof parsePipeline>['pipeline'] {
  return parsePipeline(expandPipeline(file.text, repository).text).pipeline;
}
