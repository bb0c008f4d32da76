/** Lists of templates. */
import { springPageOf, successOf, TemplateFilter, TemplateResponse } from '@bridle/protocol';
import { Type } from 'typebox';
import { ownersAbove } from '../store/owner-scope.ts';
import { listTemplates, type TemplateFilter as StoreFilter } from '../store/templates.ts';
import { answers, ownerOf, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { springPage } from './wire/pages.ts';
import { templateResponse } from './wire/template.ts';

export function templateListRoutes(app: App, { db }: ApiDependencies): void {
  for (const url of ['/template/api/templates/list', '/template/api/templates/list-metadata']) {
    app.post(
      url,
      {
        schema: {
          summary: 'List templates of an account, an organization or a project',
          tags: ['Templates'],
          querystring: ownerQuery({
            page: PageNumber,
            size: pageSize(25),
            searchTerm: Type.Optional(Type.String()),
            templateListType: Type.Enum(['Stable', 'LastUpdated', 'All'], {
              default: 'Stable',
              description: 'One version of each template, or all versions.',
            }),
            includeAllTemplatesAvailableAtScope: Type.Optional(
              Type.Boolean({ description: 'Those of the organization and the account too.' }),
            ),
          }),
          body: TemplateFilter,
          response: answers(successOf(springPageOf(TemplateResponse))),
        },
      },
      async (request) => {
        const { page, size, searchTerm = '', templateListType, includeAllTemplatesAvailableAtScope } = request.query;
        const owner = ownerOf(request, request.query);
        const { templateIdentifiers, templateEntityTypes, childTypes } = request.body;
        const filter: StoreFilter = {
          owners: includeAllTemplatesAvailableAtScope === true ? ownersAbove(owner) : [owner],
          show: SHOWN[templateListType],
          search: searchTerm,
          ...(isGiven(templateIdentifiers) ? { identifiers: templateIdentifiers } : {}),
          ...(isGiven(templateEntityTypes) ? { types: templateEntityTypes } : {}),
          ...(isGiven(childTypes) ? { childTypes } : {}),
        };
        const { rows, total } = await listTemplates(db, filter, page, size);
        return success(request, springPage(rows.map(templateResponse), page, size, total));
      },
    );
  }
}

const SHOWN = { Stable: 'stable', LastUpdated: 'lastUpdated', All: 'all' } as const satisfies Record<
  string,
  StoreFilter['show']
>;

/** Clients send an empty list, or null, for no filter. */
function isGiven(list: string[] | null | undefined): list is string[] {
  return list !== undefined && list !== null && list.length > 0;
}
