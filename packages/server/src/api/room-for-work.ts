/** New work is refused while the disk is nearly full. */
import { DiskFullError } from '../disk/disk-watch.ts';
import type { ApiDependencies } from './dependencies.ts';

/** @throws DiskFullError */
export function requireRoom({ disk }: Pick<ApiDependencies, 'disk'>): void {
  const low = disk?.low();
  if (low !== undefined) throw new DiskFullError(low);
}
