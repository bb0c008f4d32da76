/** What a schema cannot say of a step's spec: fields that need each other. */
import type { StepType } from '../steps/step-types.ts';
import { checkBuild } from './ci/check-build.ts';
import type { Findings } from './diagnostics.ts';
import { find, findText, isEmpty, type YamlNode } from './yaml-node.ts';

export function checkStepSpec(type: StepType, spec: YamlNode | undefined, what: string, findings: Findings): void {
  switch (type) {
    case 'GitClone':
      checkBuild(find(spec, 'build'), what, findings);
      break;
    case 'ShellScript':
      checkSource(spec, what, findings);
      checkTarget(spec, what, findings);
      break;
    case 'CustomApproval':
      checkSource(spec, what, findings);
      break;
    case 'SaveCache':
    case 'RestoreCache':
      checkStore(spec, what, findings);
      break;
    case 'Http':
      checkCertificate(spec, what, findings);
      break;
    default:
      break;
  }
}

/** The script itself, or the file it is in. */
function checkSource(spec: YamlNode | undefined, what: string, findings: Findings): void {
  const source = find(spec, 'source');
  const inner = find(source, 'spec');
  // What is missing altogether is said by the schema; a whole expression may be anything.
  if (inner?.kind !== 'map') return;
  const key = findText(source, 'type') === 'Harness' ? 'file' : 'script';
  const written = find(inner, key);
  // An empty script does nothing, which it may.
  const isThere = key === 'file' ? !isEmpty(written) : written?.kind !== 'scalar' || written.value !== null;
  if (written !== undefined && isThere) return;
  findings.add('FIELD_MISSING', 'run', inner, `The field source.spec of ${what} needs ${key}.`);
}

/** Where else than on the delegate? */
function checkTarget(spec: YamlNode | undefined, what: string, findings: Findings): void {
  const flag = find(spec, 'onDelegate');
  if (flag === undefined || findText(spec, 'onDelegate') !== 'false') return;
  const target = find(spec, 'executionTarget');
  // As a whole it may be an expression.
  if (target?.kind === 'scalar' && !isEmpty(target)) return;
  const missing = ['host', 'connectorRef'].filter((key) => isEmpty(find(target, key)));
  if (missing.length === 0) return;
  findings.add(
    'FIELD_MISSING',
    'run',
    target ?? flag,
    `${what.replace(/^the/, 'The')} does not run on the delegate: its executionTarget needs ${missing.join(' and ')}.`,
    'Name the host and an SSH connector, or set onDelegate: true.',
  );
}

function checkStore(spec: YamlNode | undefined, what: string, findings: Findings): void {
  const provider = find(spec, 'providerType');
  if (provider === undefined || findText(spec, 'providerType') !== 'S3') return;
  const missing = ['connectorRef', 'bucket'].filter((key) => isEmpty(find(spec, key)));
  if (missing.length === 0) return;
  findings.add('FIELD_MISSING', 'run', provider, `A cache in S3 needs ${missing.join(' and ')} (${what}).`);
}

function checkCertificate(spec: YamlNode | undefined, what: string, findings: Findings): void {
  const key = find(spec, 'certificateKey');
  if (key === undefined || isEmpty(key) || !isEmpty(find(spec, 'certificate'))) return;
  findings.add('FIELD_MISSING', 'run', key, `The certificateKey of ${what} needs its certificate.`);
}
