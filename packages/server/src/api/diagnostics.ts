/** Diagnostics on the wire. */
import type { Diagnostic } from '@bridle/pipeline';
import type { WireDiagnostic } from '@bridle/protocol';
import { describeDiagnostics } from '../intake/describe-diagnostics.ts';
import { ApiError } from './errors.ts';

export function wireDiagnostics(diagnostics: readonly Diagnostic[]): WireDiagnostic[] {
  return diagnostics.map(({ code, blocks, message, hint, range, path, document }) => ({
    code,
    blocks,
    message,
    ...(hint === undefined ? {} : { hint }),
    range: { start: { ...range.start }, end: { ...range.end } },
    path,
    ...(document === undefined ? {} : { document }),
  }));
}

/** A text that may not be saved: the message has the first mistakes, `metadata` all of them. */
export function invalidYaml(diagnostics: readonly Diagnostic[], prefix = ''): ApiError {
  const message = `Invalid request: ${prefix}${describeDiagnostics(diagnostics, 'save')}`;
  return new ApiError('SCHEMA_VALIDATION_FAILED', message, schemaErrors(diagnostics));
}

/** A pipeline that cannot be run as it is, or not with these inputs. */
export function cannotRun(diagnostics: readonly Diagnostic[], message: string, isInputFault: boolean): ApiError {
  const code = isInputFault ? 'INVALID_INPUT_SET' : 'INVALID_REQUEST';
  return new ApiError(code, `Invalid request: ${message}`, schemaErrors(diagnostics));
}

/** api.md §0.7; `diagnostics` beside it has places and hints. */
function schemaErrors(diagnostics: readonly Diagnostic[]): Record<string, unknown> {
  const blocking = diagnostics.filter(({ blocks }) => blocks !== 'nothing');
  return {
    type: 'YamlSchemaErrorWrapperDTO',
    schemaErrors: blocking.map(({ message, path, hint }) => ({
      message,
      messageWithFQN: `${path}: ${message}`,
      fqn: path,
      ...(hint === undefined ? {} : { hintMessage: hint }),
    })),
    diagnostics: wireDiagnostics(diagnostics),
  };
}
