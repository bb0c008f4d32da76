/** The content of a stored file is deleted with its row, or once the row has another one. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create trigger stored_files_dropped after delete on stored_files for each row when (old.file_key is not null)
     execute function bridle_drop_file()`,
  `create trigger stored_files_replaced after update of file_key on stored_files for each row
     when (old.file_key is not null and old.file_key is distinct from new.file_key) execute function bridle_drop_file()`,
];
