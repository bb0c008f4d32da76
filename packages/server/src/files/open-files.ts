import type { FileStore } from './file-store.ts';
import { openFolderFiles } from './folder-files.ts';
import { openS3Files, type S3Settings } from './s3-files.ts';

export type FilesSettings = { readonly kind: 'folder'; readonly path: string } | ({ readonly kind: 's3' } & S3Settings);

/** Opens the place where files are kept (BRIDLE_FILES). @throws FileStoreError when the folder cannot be made */
export async function openFiles(settings: FilesSettings): Promise<FileStore> {
  return settings.kind === 'folder' ? openFolderFiles(settings.path) : openS3Files(settings);
}
