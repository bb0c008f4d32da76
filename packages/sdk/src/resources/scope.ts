/** Where something is: the project of the client, or what a call names in its place. */
import type { Configuration } from '../configuration.ts';
import { ConfigurationError } from '../errors.ts';
import type { CallOptions } from '../http/transport.ts';

export interface ProjectOptions extends CallOptions {
  /** Identifier of the organization. Default: that of the client. */
  readonly org?: string | undefined;
  readonly project?: string | undefined;
}

export interface ProjectQuery {
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
}

/** The query that names the project, and what of the options is about the call itself. */
export function projectOf<O extends ProjectOptions>(
  config: Configuration,
  options: O,
): { readonly query: ProjectQuery; readonly call: Omit<O, 'org' | 'project'> } {
  const { org = config.org, project = config.project, ...call } = options;
  if (org === undefined || project === undefined) {
    throw new ConfigurationError(
      'It is not said which project is meant. Pass `org` and `project` to the client or to the call, or set HARNESS_ORG and HARNESS_PROJECT.',
    );
  }
  return { query: { orgIdentifier: org, projectIdentifier: project }, call };
}
