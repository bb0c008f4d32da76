/** `S3Upload`: files of the workspace as objects of a bucket, named by `target` and their path without `stripPrefix`. */
import type { StepExecutor, StepResult } from '../executor.ts';
import { SpecError, textOf } from '../step-spec.ts';
import { textList } from './cache-step.ts';
import { contentTypeOf } from './content-type.ts';
import { putObject } from './put-object.ts';
import { openS3 } from './s3-connection.ts';
import { storageStep, type StorageStep } from './storage-step.ts';
import { namesOf } from './step-places.ts';
import { findUploadFiles, openUploadFile } from './upload-files.ts';
import { uploadedOutputs, type UploadedFile } from './uploaded-files.ts';

export const s3Upload: StepExecutor = storageStep('S3Upload', upload);

async function upload({ spec, places, log, context }: StorageStep): Promise<StepResult> {
  const patterns = textList(spec['sourcePath'], 'sourcePath');
  if (patterns.length === 0) throw new SpecError('The step needs a sourcePath.');
  const target = namesOf(textOf(spec['target'], 'target') ?? '');
  const prefix = readPrefix(textOf(spec['stripPrefix'], 'stripPrefix') ?? '');
  const files = await findUploadFiles(patterns, places);
  const connection = await openS3(spec, context.step.connectors, context.host.settings);
  try {
    const uploaded: UploadedFile[] = [];
    for (const file of files) {
      const key = [...target, ...withoutPrefix(file.path.names, prefix)].join('/');
      const handle = await openUploadFile(file);
      try {
        const { size } = await handle.stat();
        const body = handle.createReadStream({ autoClose: false });
        await putObject(connection, { key, body, contentType: contentTypeOf(file.name) }, context.signal);
        const url = connection.urlOf(key);
        await log.line(`${file.name} (${size} bytes) → ${url}`);
        uploaded.push({ name: file.name, url, size });
      } finally {
        await handle.close();
      }
    }
    await log.line(`${uploaded.length} files are in the bucket ${connection.bucket}.`);
    return { kind: 'succeeded', outputs: uploadedOutputs(uploaded) };
  } finally {
    connection.close();
  }
}

/** Authors write it as they write paths: relative, or from where containers have the workspace. */
function readPrefix(text: string): readonly string[] {
  const names = namesOf(text);
  return text.startsWith('/') && names[0] === 'harness' ? names.slice(1) : names;
}

/** Whole names only; a path that does not begin with the prefix stays as it is. */
function withoutPrefix(names: readonly string[], prefix: readonly string[]): readonly string[] {
  const isPrefix = prefix.length < names.length && prefix.every((name, at) => names[at] === name);
  return isPrefix ? names.slice(prefix.length) : names;
}
