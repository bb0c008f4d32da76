/** The schedule of a trigger (api.md §3.6). */
import { objectToSchedule, type Schedule, type ScheduleForm } from '../triggers/schedule.ts';
import type { Findings } from './diagnostics.ts';
import { readText, warnUnknownKeys } from './read-fields.ts';
import { find, type MapNode } from './yaml-node.ts';

export interface CronSource {
  readonly kind: 'cron';
  readonly schedule: Schedule;
}

export const SCHEDULE_FORMS = ['UNIX', 'QUARTZ'] as const satisfies readonly ScheduleForm[];
export const CRON_KEYS = ['type', 'expression', 'timezone'] as const;

/** A schedule that cannot be, or is too frequent, is not saved: Harness refuses it too. */
export function readCron(spec: MapNode | undefined, around: MapNode, findings: Findings): CronSource {
  const what = 'the schedule';
  const map = spec ?? around;
  if (spec !== undefined) warnUnknownKeys(spec, CRON_KEYS, what, findings);
  const written = spec === undefined ? undefined : readText(spec, 'type', what, findings);
  const form = readForm(written ?? '', map, findings);
  const expression = (spec === undefined ? undefined : readText(spec, 'expression', what, findings))?.trim() ?? '';
  const timezone = (spec === undefined ? undefined : readText(spec, 'timezone', what, findings))?.trim() ?? '';
  const schedule: Schedule = { form, expression, ...(timezone === '' ? {} : { timezone }) };
  if (expression === '') {
    findings.add(
      'TRIGGER_SOURCE_INCOMPLETE',
      'save',
      map,
      'The schedule has no expression.',
      'Write one as in expression: 0 2 * * *',
    );
    return { kind: 'cron', schedule };
  }
  const problem = objectToSchedule(schedule);
  if (problem === undefined) return { kind: 'cron', schedule };
  const at = find(map, problem.kind === 'timezone' ? 'timezone' : 'expression') ?? map;
  const message =
    problem.kind === 'expression' ? `"${expression}" is no schedule: ${problem.message}.` : problem.message;
  findings.add('TRIGGER_SCHEDULE_INVALID', 'save', at, message);
  return { kind: 'cron', schedule };
}

function readForm(written: string, map: MapNode, findings: Findings): ScheduleForm {
  if (written === '') return 'UNIX';
  const form = SCHEDULE_FORMS.find((known) => known === written.toUpperCase());
  if (form !== undefined) return form;
  findings.add(
    'TRIGGER_SCHEDULE_INVALID',
    'save',
    find(map, 'type') ?? map,
    `"${written}" is not a form of schedules.`,
    `It takes ${SCHEDULE_FORMS.join(', ')}.`,
  );
  return 'UNIX';
}
