/**
 * Events of Git providers and of schedules beside those of custom webhooks: their kind, what identifies a signed request, when a
 * schedule is due next, and which signed request has fired which trigger.
 */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // kind: custom, git or cron. An event of Git has no organization and project until a trigger of one has matched.
  `alter table trigger_events add column kind text not null default 'custom', add column delivery text,
     add column sender_token_hash text, add column due_at bigint`,
  'create unique index trigger_events_delivery on trigger_events (account_id, delivery) where delivery is not null',
  'create unique index triggers_webhook_token on triggers (account_id, webhook_token)',
  'create index triggers_source on triggers (account_id, source_type) where is_enabled',
  // Derived from triggers: a row is made, or made anew, where version is not that of its trigger. due_at null = never again.
  `create table trigger_schedules (
     account_id text not null, org_identifier text not null, project_identifier text not null, pipeline_identifier text not null,
     trigger_identifier text not null, trigger_version bigint not null, schedule text not null, due_at bigint,
     primary key (account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier),
     foreign key (account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier)
       references triggers on delete cascade)`,
  'create index trigger_schedules_due on trigger_schedules (due_at) where due_at is not null',
  `create index triggers_scheduled on triggers (account_id, org_identifier, project_identifier, pipeline_identifier, identifier)
     where type = 'Scheduled'`,
  `create table trigger_deliveries (
     account_id text not null, org_identifier text not null, project_identifier text not null, pipeline_identifier text not null,
     trigger_identifier text not null, signature text not null, event_id text not null,
     primary key (account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier, signature),
     foreign key (account_id, org_identifier, project_identifier, pipeline_identifier, trigger_identifier)
       references triggers on delete cascade)`,
];
