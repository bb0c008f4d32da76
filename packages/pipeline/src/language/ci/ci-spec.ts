/** What a CI stage says beside its steps (pipelines.md §6.1, §6.2): where it runs, what is cloned, shared and cached. */
import type { Findings } from '../diagnostics.ts';
import { awaitsInput, reportNotRunYet, warnUnknownKeys } from '../read-fields.ts';
import { find, isEmpty, type MapNode } from '../yaml-node.ts';
import { readCaching, type Caching } from './caching.ts';
import { readCiInfrastructure, type CiInfrastructure } from './ci-infrastructure.ts';
import { readConditional, type Conditional } from './conditional.ts';
import { readSharedPaths } from './shared-paths.ts';

export interface CiSpec {
  readonly infrastructure: CiInfrastructure;
  /** The codebase of the pipeline is cloned before the steps. */
  readonly clone?: Conditional;
  readonly caching?: Caching;
  /** Absolute paths that the containers of the stage share; each may be an expression. */
  readonly sharedPaths: readonly string[];
}

export const CI_SPEC_KEYS = [
  'cloneCodebase',
  'infrastructure',
  'platform',
  'runtime',
  'sharedPaths',
  'serviceDependencies',
  'caching',
  'buildIntelligence',
  'execution',
] as const;

export function readCiSpec(spec: MapNode, what: string, findings: Findings): CiSpec {
  warnUnknownKeys(spec, CI_SPEC_KEYS, `the spec of ${what}`, findings);
  const clone = readConditional(spec, 'cloneCodebase', what, findings);
  const caching = readCaching(spec, what, findings);
  const services = find(spec, 'serviceDependencies');
  if (services !== undefined && !isEmpty(services) && !awaitsInput(services))
    reportNotRunYet(services, 'service dependencies', findings);
  const intelligence = find(spec, 'buildIntelligence');
  if (intelligence !== undefined && !isEmpty(intelligence)) {
    const message = `Bridle has no build intelligence: ${what} builds everything.`;
    findings.add('CONSTRUCT_IGNORED', 'nothing', intelligence, message);
  }
  return {
    infrastructure: readCiInfrastructure(spec, what, findings),
    ...(clone === undefined ? {} : { clone }),
    ...(caching === undefined ? {} : { caching }),
    sharedPaths: readSharedPaths(spec, what, findings),
  };
}
