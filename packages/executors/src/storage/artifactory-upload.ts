/**
 * `ArtifactoryUpload`: files of the workspace to a repository of Artifactory, one PUT each, with the checksum the server compares.
 *
 * `target` is a folder of the repository. Where one file is named without wildcards and the target's last name has the file's
 * extension, it is the name the file gets, as Artifactory's own tools have it.
 */
import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import type { FileHandle } from 'node:fs/promises';
import type { FailureType } from '@bridle/pipeline';
import { request } from 'undici';
import type { StepConnector, StepContext, StepExecutor, StepResult } from '../executor.ts';
import { withoutBrackets } from '@bridle/outgoing';
import { describeFailure, failureTypeOf, findRefusal } from '../http/call-failure.ts';
import { withoutUser } from '../http/exchange.ts';
import { openWay, outgoingRules } from '../http/outgoing.ts';
import { asObject, SpecError, textOf } from '../step-spec.ts';
import { isTrue, textList } from './cache-step.ts';
import { StoreError } from './cache-store.ts';
import { secretText } from './connector-secrets.ts';
import { contentTypeOf } from './content-type.ts';
import { storageStep, type StorageStep } from './storage-step.ts';
import { namesOf } from './step-places.ts';
import { findUploadFiles, openUploadFile, type UploadFile } from './upload-files.ts';
import { uploadedOutputs, type UploadedFile } from './uploaded-files.ts';

/** Of what the server answers to a refused file. */
const ANSWER_BYTES_MAX = 16 * 1024;

export const artifactoryUpload: StepExecutor = storageStep('ArtifactoryUpload', upload);

async function upload({ spec, places, log, context }: StorageStep): Promise<StepResult> {
  const patterns = textList(spec['sourcePath'], 'sourcePath');
  if (patterns.length === 0) throw new SpecError('The step needs a sourcePath.');
  const target = namesOf(textOf(spec['target'], 'target') ?? '');
  if (target.length === 0) throw new SpecError('The step needs a target: the repository and a path in it.');
  const server = findServer(textOf(spec['connectorRef'], 'connectorRef') ?? '', context);
  const files = await findUploadFiles(patterns, places);
  const isFlat = isTrue(spec['uploadAsFlat'], 'uploadAsFlat');
  const isOneFile = files.length === 1 && patterns.every((pattern) => !/[*?[{]/.test(pattern));
  const uploaded: UploadedFile[] = [];
  for (const file of files) {
    const url = urlFor(file, { server, target, isFlat, isOneFile });
    const size = await put(file, url, server, context);
    await log.line(`${file.name} (${size} bytes) → ${url.href}`);
    uploaded.push({ name: file.name, url: url.href, size });
  }
  await log.line(`${uploaded.length} files are in ${target.join('/')}.`);
  return { kind: 'succeeded', outputs: uploadedOutputs(uploaded) };
}

interface ArtifactoryServer {
  readonly url: URL;
  readonly authorization: string | undefined;
}

function findServer(reference: string, { step }: StepContext): ArtifactoryServer {
  const connector = step.connectors?.[reference];
  if (connector === undefined)
    throw new SpecError(
      reference === ''
        ? 'The step needs a connectorRef to an Artifactory connector.'
        : `The connector ${reference} was not given to the step.`,
    );
  if (connector.type !== 'Artifactory')
    throw new SpecError(
      `The connector ${reference} is of type ${connector.type}; the step needs one of type Artifactory.`,
    );
  const text = textOf(connector.spec['artifactoryServerUrl'], 'artifactoryServerUrl') ?? '';
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new SpecError(
      `The connector ${reference} has "${text}" as artifactoryServerUrl, which is not an http:// or https:// address.`,
    );
  return { url, authorization: readAuthorization(connector) };
}

function readAuthorization(connector: StepConnector): string | undefined {
  const auth = asObject(connector.spec['auth'] ?? {}, 'auth of the Artifactory connector');
  const type = textOf(auth['type'], 'auth.type') ?? 'Anonymous';
  if (type === 'Anonymous') return undefined;
  if (type !== 'UsernamePassword')
    throw new SpecError(
      `The connector ${connector.identifier} signs in by ${type}; Bridle knows UsernamePassword and Anonymous.`,
    );
  const given = asObject(auth['spec'], 'auth.spec of the Artifactory connector');
  const user = textOf(given['username'], 'username') || secretText(connector, given['usernameRef']) || '';
  const password = secretText(connector, given['passwordRef']) ?? '';
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

interface Target {
  readonly server: ArtifactoryServer;
  readonly target: readonly string[];
  readonly isFlat: boolean;
  readonly isOneFile: boolean;
}

function urlFor(file: UploadFile, { server, target, isFlat, isOneFile }: Target): URL {
  const own = file.path.names.at(-1) ?? '';
  const isRenamed = isOneFile && extname(own) !== '' && extname(target.at(-1) ?? '') === extname(own);
  const names = isRenamed ? target : [...target, ...(isFlat ? [own] : file.path.names)];
  const url = new URL(server.url);
  // A `;` begins a property of Artifactory's, and is part of the name here.
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${names.map(encodeURIComponent).join('/')}`;
  return url;
}

/** @returns the file's size */
async function put(file: UploadFile, url: URL, server: ArtifactoryServer, context: StepContext): Promise<number> {
  const handle = await openUploadFile(file);
  try {
    const { size } = await handle.stat();
    const checksum = await checksumOf(handle, size);
    const host = withoutBrackets(url.hostname);
    const { settings } = context.host;
    const way = await openWay({ url, host, rules: await outgoingRules(settings) }, settings);
    try {
      const { statusCode, body } = await request(url, {
        dispatcher: way,
        method: 'PUT',
        headers: {
          'content-length': String(size),
          'content-type': contentTypeOf(file.name),
          'x-checksum-sha256': checksum,
          'user-agent': 'Bridle',
          ...(server.authorization === undefined ? {} : { authorization: server.authorization }),
        },
        body: size === 0 ? null : handle.createReadStream({ start: 0, end: size - 1, autoClose: false }),
        signal: context.signal,
      });
      if (statusCode >= 200 && statusCode < 300) await body.dump();
      else throw refusal(statusCode, await readBeginning(body), url);
      return size;
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof StoreError) throw error;
      throw (
        findRefusal(error) ??
        new StoreError(`${withoutUser(url)} could not be stored: ${describeFailure(error)}`, failureTypeOf(error))
      );
    } finally {
      await way.destroy();
    }
  } finally {
    await handle.close();
  }
}

async function checksumOf(handle: FileHandle, size: number): Promise<string> {
  const hash = createHash('sha256');
  if (size > 0)
    for await (const chunk of handle.createReadStream({ start: 0, end: size - 1, autoClose: false }))
      hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function readBeginning(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, ANSWER_BYTES_MAX).trim();
}

function refusal(status: number, answer: string, url: URL): StoreError {
  const say = (type: FailureType): StoreError =>
    new StoreError(`${withoutUser(url)} was answered with ${status}${answer === '' ? '' : `: ${answer}`}`, type);
  if (status === 401) return say('AUTHENTICATION');
  if (status === 403) return say('AUTHORIZATION_ERROR');
  return say(status >= 500 ? 'CONNECTIVITY' : 'APPLICATION_ERROR');
}
