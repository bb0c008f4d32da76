/** The programs that are started as processes of their own. In the published package they lie beside this one (`build.mjs`). */
import { fileURLToPath } from 'node:url';

export const SERVER_PROGRAM: string = fileURLToPath(new URL('../../../server/src/main.ts', import.meta.url));
export const DELEGATE_PROGRAM: string = fileURLToPath(new URL('../../../delegate/src/main.ts', import.meta.url));
export const OWNER_PROGRAM: string = fileURLToPath(new URL('../../../server/src/owner.ts', import.meta.url));
export const ADMIN_PROGRAM: string = fileURLToPath(new URL('../../../server/src/admin.ts', import.meta.url));
