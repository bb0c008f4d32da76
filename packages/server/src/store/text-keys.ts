/**
 * Which texts the executions of a project have. There are few of them, however many executions: those of one pipeline share its
 * name and mostly its tags. So a search looks at each text once, and the executions that have it come from an index.
 */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { ProjectScope } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';
import { likePattern } from './organizations.ts';

/** What the texts of an execution must hold; each that is given. */
export interface TextWish {
  /** Part of the pipeline's name or identifier, or of a tag, in any case. */
  readonly search?: string;
  /** Part of the pipeline's name, in any case. */
  readonly name?: string;
  /** Has all of these. */
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

/** Texts that are looked at one by one. Where each execution has its own (a tag with its number), reading all executions is faster. */
export const TEXTS_MAX = 5_000;

/** Empty = anything will do. Conditions on the columns `name`, `pipeline_identifier` and `tags`. */
export function textConditions({ search = '', name = '', tags = [] }: TextWish): RawBuilder<SqlBool>[] {
  const all: RawBuilder<SqlBool>[] = [];
  if (name.trim() !== '') all.push(sql<SqlBool>`name ilike ${likePattern(name.trim())}`);
  // JSON may hold what PostgreSQL takes no text out of; as the text that was written, it is searched as it is.
  for (const { key, value } of tags) {
    const pair = `${JSON.stringify(key)}:${JSON.stringify(value)}`;
    all.push(sql<SqlBool>`strpos(tags::text, ${pair}) > 0`);
  }
  if (search.trim() !== '') {
    const pattern = likePattern(search.trim());
    all.push(
      sql<SqlBool>`(name ilike ${pattern} or pipeline_identifier ilike ${pattern} or tags::text ilike ${pattern})`,
    );
  }
  return all;
}

/** The keys (`executions.texts_key`) of the texts that fulfil it; `undefined`: there are too many texts to look at each. */
export async function findTextKeys(
  db: Database | Transaction,
  { accountId, orgIdentifier, projectIdentifier }: ProjectScope,
  wish: TextWish,
  textsMax = TEXTS_MAX,
): Promise<readonly number[] | undefined> {
  const inProject = sql`e.account_id = ${accountId} and e.org_identifier = ${orgIdentifier} and e.project_identifier = ${projectIdentifier}`;
  // From one key to the next larger one: an index has no list of the different keys in it.
  const result = await sql<{ keys: number[]; total: number }>`
    with recursive texts as (
      (select e.texts_key, e.name, e.pipeline_identifier, e.tags::text as tags, 1 as place
       from executions e where ${inProject} order by e.texts_key limit 1)
      union all
      select next.* from texts, lateral (
        select e.texts_key, e.name, e.pipeline_identifier, e.tags::text, texts.place + 1
        from executions e where ${inProject} and e.texts_key > texts.texts_key order by e.texts_key limit 1) as next
      where texts.place <= ${textsMax})
    select coalesce(array_agg(texts_key) filter (where ${sql.join([sql`true`, ...textConditions(wish)], sql` and `)}), '{}') as keys,
      count(*) as total
    from texts`.execute(db);
  const [found] = result.rows;
  return found === undefined || found.total > textsMax ? undefined : found.keys;
}
