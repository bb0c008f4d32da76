/** Names of checks: what they are about, so that nothing is kept of them and every replica can answer. */

/** Of one version of a pipeline. */
export function validationId({
  identifier,
  version,
}: {
  readonly identifier: string;
  readonly version: number;
}): string {
  return Buffer.from(`${String(version)}:${identifier}`, 'utf8').toString('base64url');
}

export function readValidationId(uuid: string): { readonly identifier: string; readonly version: number } | undefined {
  const [, number = '', identifier = ''] =
    /^(\d{1,15}):(\w[\w$]{0,127})$/.exec(Buffer.from(uuid, 'base64url').toString('utf8')) ?? [];
  return identifier === '' ? undefined : { identifier, version: Number(number) };
}
