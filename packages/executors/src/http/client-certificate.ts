/** `certificate` and `certificateKey` of an Http step: PEM texts, which in the YAML mostly are secrets. No message shows any of them. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { SpecError, textOf, type SpecObject } from '../step-spec.ts';

export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** @throws SpecError */
export function readClientCertificate(spec: SpecObject): ClientCertificate | undefined {
  const cert = textOf(spec['certificate'], 'certificate')?.trim() ?? '';
  const key = textOf(spec['certificateKey'], 'certificateKey')?.trim() ?? '';
  if (cert === '' && key === '') return undefined;
  if (cert === '') throw new SpecError('certificateKey is given without a certificate.');
  // The key may stand in the same file as the certificate.
  const keyText = key === '' ? cert : key;
  const parsed = parse(() => new X509Certificate(cert), 'certificate is not a PEM certificate.');
  const privateKey = parse<KeyObject>(
    () => createPrivateKey(keyText),
    key === ''
      ? 'The certificate has no certificateKey.'
      : 'certificateKey is not a PEM private key without a passphrase.',
  );
  if (!parsed.checkPrivateKey(privateKey)) throw new SpecError('certificateKey is not the key of the certificate.');
  return { cert, key: keyText };
}

function parse<T>(read: () => T, problem: string): T {
  try {
    return read();
  } catch {
    throw new SpecError(problem);
  }
}
