/** Versions of a pipeline: each save is one (docs/LIFECYCLE.md). Bridle's own. */
import { compareElements, compareLines, isBlocked, parsePipeline, type ProjectScope } from '@bridle/pipeline';
import { ngPageOf, PipelineVersion, PipelineVersionDiff, PipelineVersionText, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import {
  findPipelineVersion,
  listPipelineVersions,
  type PipelineVersionHead,
  type PipelineVersionRow,
} from '../store/pipeline-versions.ts';
import { answers, PageNumber, pageSize, scopeOf, scopeQuery, success, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { change, getPipeline } from './pipeline-routes.ts';
import { ngPage } from './wire/pages.ts';

const VERSIONS = '/bridle/api/pipelines/:pipelineIdentifier/versions';
const Params = Type.Object({ pipelineIdentifier: Type.String() });
const VersionNumber = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const VersionParams = Type.Object({ ...Params.properties, version: VersionNumber });
const tags = ['Pipelines'];

export function pipelineVersionRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.get(
    VERSIONS,
    {
      schema: {
        summary: 'List the versions of a pipeline, newest first',
        tags,
        params: Params,
        querystring: scopeQuery({ pageIndex: PageNumber, pageSize: pageSize(25) }),
        response: answers(successOf(ngPageOf(PipelineVersion))),
      },
    },
    async (request) => {
      const { pageIndex: page, pageSize: size } = request.query;
      const scope = scopeOf(request, request.query);
      const pipeline = await getPipeline(deps, scope, request.params.pipelineIdentifier);
      const { rows, total } = await listPipelineVersions(db, scope, pipeline.identifier, page, size);
      const content = rows.map((row) => versionOf(row, pipeline.version));
      return success(request, ngPage(content, page, size, total));
    },
  );

  app.get(
    `${VERSIONS}/:version`,
    {
      schema: {
        summary: 'Read a version of a pipeline',
        tags,
        params: VersionParams,
        querystring: scopeQuery({}),
        response: answers(successOf(PipelineVersionText)),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const pipeline = await getPipeline(deps, scope, request.params.pipelineIdentifier);
      const row = await getVersion(deps, scope, pipeline.identifier, request.params.version);
      return success(request, { ...versionOf(row, pipeline.version), yaml: row.yaml });
    },
  );

  app.get(
    `${VERSIONS}/:version/diff`,
    {
      schema: {
        summary: 'What a version of a pipeline changed, line by line and element by element',
        tags,
        params: VersionParams,
        querystring: scopeQuery({
          from: Type.Optional({
            ...VersionNumber,
            description: 'The version to compare with; absent = the one before.',
          }),
        }),
        response: answers(successOf(PipelineVersionDiff)),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const { pipelineIdentifier, version } = request.params;
      await getPipeline(deps, scope, pipelineIdentifier);
      const to = await getVersion(deps, scope, pipelineIdentifier, version);
      const { from = version - 1 } = request.query;
      // Before the first version there was nothing; so it is told when the one before was saved by an older Bridle.
      const before = from === 0 ? '' : (await getVersion(deps, scope, pipelineIdentifier, from)).yaml;
      return success(request, diffOf(from, before, to));
    },
  );

  app.post(
    `${VERSIONS}/:version/restore`,
    {
      schema: {
        summary: 'Save the text of an earlier version again, as a new version',
        description:
          'The text is checked as any other: what may not be saved any more is refused. `If-Match` as in changes.',
        tags,
        params: VersionParams,
        querystring: scopeQuery({}),
        response: answers(successOf(PipelineVersionText)),
      },
    },
    async (request, reply) => {
      const scope = scopeOf(request, request.query);
      const { pipelineIdentifier, version } = request.params;
      await getPipeline(deps, scope, pipelineIdentifier);
      const { yaml } = await getVersion(deps, scope, pipelineIdentifier, version);
      const row = await change(deps, request, scope, pipelineIdentifier, yaml, { restoredFrom: version });
      tellVersion(reply, row.version);
      const saved = await getVersion(deps, scope, pipelineIdentifier, row.version);
      return success(request, { ...versionOf(saved, row.version), yaml });
    },
  );
}

async function getVersion(
  { db }: ApiDependencies,
  scope: ProjectScope,
  identifier: string,
  version: number,
): Promise<PipelineVersionRow> {
  const row = await findPipelineVersion(db, scope, identifier, version);
  if (row === undefined) throw notFound(`The pipeline ${identifier} has no version ${String(version)}.`);
  return row;
}

function versionOf(row: PipelineVersionHead, current: number): PipelineVersion {
  const { version, name, savedAt, by, restoredFrom } = row;
  return {
    version,
    name,
    savedAt,
    savedBy: by ?? null,
    restoredFrom: restoredFrom ?? null,
    isCurrent: version === current,
  };
}

function diffOf(from: number, before: string, to: PipelineVersionRow): PipelineVersionDiff {
  // Texts were readable when they were saved, each by the rules of its time.
  const areReadable = [before, to.yaml].every(
    (yaml) => yaml === '' || !isBlocked(parsePipeline(yaml).diagnostics, 'save'),
  );
  const changes = areReadable ? compareElements(before, to.yaml) : [];
  return {
    from,
    to: to.version,
    text: { ...compareLines(before, to.yaml) },
    elements: changes.map((each) => ({ ...each, fields: each.fields.map((field) => ({ ...field })) })),
  };
}
