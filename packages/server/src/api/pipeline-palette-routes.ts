/** What editors ask: which steps there are, which values can be named, what the whole pipeline is (api.md §4.1). */
import { isBlocked, parsePipeline, STEP_DEFINITIONS, type StepDefinition } from '@bridle/pipeline';
import { ExpandedPipelineJson, PipelineVariables, StepPalette, StepPaletteRequest, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { parse } from 'yaml';
import { applyTemplates } from '../intake/apply-templates.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { listPipelineVariables, type NamedPlace, type NamedValues } from '../intake/pipeline-variables.ts';
import { answers, ownerQuery, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidYaml } from './diagnostics.ts';
import { invalidRequest } from './errors.ts';
import { getPipeline } from './pipeline-routes.ts';

const PIPELINES = '/pipeline/api/pipelines';
const tags = ['Pipelines'];

export function pipelinePaletteRoutes(app: App, deps: ApiDependencies): void {
  for (const url of [`${PIPELINES}/v2/steps`, `${PIPELINES}/steps`]) {
    app.post(
      url,
      {
        schema: {
          summary: 'The step types that Bridle runs, by the stages they are usual in',
          tags,
          querystring: ownerQuery({}),
          body: StepPaletteRequest,
          response: answers(successOf(StepPalette)),
        },
      },
      async (request) => {
        const modules = (request.body.stepPalleteModuleInfos ?? []).map(({ module }) => module.toLowerCase());
        return success(request, stepPalette(modules));
      },
    );
  }

  for (const url of [`${PIPELINES}/v2/variables`, `${PIPELINES}/variables`]) {
    app.post(
      url,
      {
        config: { body: 'text' },
        schema: {
          summary: 'The values of a pipeline text and the expressions that name them',
          tags,
          querystring: ownerQuery({}),
          body: Type.String({ description: 'The pipeline as YAML, whatever the content type.' }),
          response: answers(successOf(PipelineVariables)),
        },
      },
      async (request) => {
        const { diagnostics } = parsePipeline(request.body);
        if (isBlocked(diagnostics, 'save')) throw invalidYaml(diagnostics);
        return success(request, pipelineVariables(listPipelineVariables(request.body)));
      },
    );
  }

  app.get(
    `${PIPELINES}/expandedJSON/:pipelineIdentifier`,
    {
      schema: {
        summary: 'A pipeline with its templates in place, as JSON text',
        tags,
        params: Type.Object({ pipelineIdentifier: Type.String() }),
        querystring: scopeQuery({}),
        response: answers(successOf(ExpandedPipelineJson)),
      },
    },
    async (request) => {
      const row = await getPipeline(deps, scopeOf(request, request.query), request.params.pipelineIdentifier);
      const applied = await applyTemplates(new DocumentSource(deps.db), row.scope, row.yaml);
      if (applied.kind === 'tooManyDocuments') throw invalidRequest(applied.message);
      if (isBlocked(applied.loaded.diagnostics, 'run')) throw invalidYaml(applied.loaded.diagnostics);
      // What aliases come to was counted when it was read.
      return success(request, {
        expandedJson: JSON.stringify(parse(applied.text, { maxAliasCount: -1, uniqueKeys: false })),
      });
    },
  );
}

const CATEGORIES = [
  { name: 'Continuous Integration', module: 'ci', stage: 'CI' },
  { name: 'Deployment', module: 'cd', stage: 'Deployment' },
  { name: 'Approval', module: 'pms', stage: 'Approval' },
  { name: 'Custom', module: 'pms', stage: 'Custom' },
] as const;

/** No module = all of them; one that Bridle does not have has no steps. */
function stepPalette(modules: readonly string[]): StepPalette {
  const wanted = CATEGORIES.filter(({ module }) => modules.length === 0 || modules.includes(module));
  return {
    name: 'Library',
    stepsData: [],
    stepCategories: wanted.map(({ name, stage }) => ({
      name,
      stepsData: Object.values(STEP_DEFINITIONS)
        .filter(({ usualIn }) => usualIn.includes(stage))
        .map(stepData),
      stepCategories: [],
    })),
  };
}

function stepData({ type }: StepDefinition): StepPalette['stepsData'][number] {
  return { name: type.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' '), type, disabled: false, featureRestrictionName: null };
}

function pipelineVariables({ yaml, found }: NamedValues): PipelineVariables {
  return {
    yaml,
    metadataMap: Object.fromEntries(
      found.map((each) => [
        each.id,
        each.kind === 'value'
          ? { yamlProperties: yamlProperties(each) }
          : { yamlOutputProperties: { outputProperties: each.outputs.map(yamlProperties) } },
      ]),
    ),
    errorResponses: null,
    serviceExpressionPropertiesList: [],
  };
}

function yamlProperties({ fqn, local, name }: NamedPlace): {
  fqn: string;
  localName: string;
  variableName: string;
  aliasFqn: string;
  visible: boolean;
} {
  return { fqn, localName: local, variableName: name, aliasFqn: '', visible: true };
}
