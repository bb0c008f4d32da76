import { sql, type Kysely } from 'kysely';

/**
 * What delegates can do and what tasks need, tokens that people manage, and a queue that is read by project: the work of one
 * project never hides that of another.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `
-- Words as dispatch/requirements.ts makes them (docker, os:linux, shell:bash): every one a task needs must be one of the delegate's.
alter table delegates add column capabilities text[] not null default '{}';
alter table delegate_tasks add column requirements text[] not null default '{}';

-- Delegates that registered before say the same in their facts.
update delegates set capabilities = array['process', 'os:' || (facts->>'os'), 'arch:' || (facts->>'arch')]
  || coalesce((select array_agg('shell:' || lower(value)) from json_array_elements_text(facts->'shells')), '{}');

-- A project's tasks, oldest first; the projects that have any are found by skipping from one to the next.
drop index delegate_tasks_queue;
create index delegate_tasks_queue on delegate_tasks (account_id, org_identifier, project_identifier, position) where state = 'queued';

-- revoke_after: a token that ends by itself. created_by: who made it, as people are named in lists.
alter table delegate_tokens add column created_by text not null default '', add column revoke_after bigint;
update delegate_tokens t set name = name || ' ' || id where exists (
  select 1 from delegate_tokens o where o.account_id = t.account_id and o.org_identifier is not distinct from t.org_identifier
    and o.project_identifier is not distinct from t.project_identifier and o.name = t.name and (o.created_at, o.id) < (t.created_at, t.id));
create unique index delegate_tokens_name on delegate_tokens (account_id, coalesce(org_identifier, ''), coalesce(project_identifier, ''), name);
-- A deleted token leaves its delegates behind without one, until they are forgotten themselves.
alter table delegates alter column token_id drop not null, drop constraint delegates_token_id_fkey,
  add constraint delegates_token_id_fkey foreign key (token_id) references delegate_tokens on delete set null;
create index delegates_token on delegates (token_id);
`,
    )
    .execute(db);
}
