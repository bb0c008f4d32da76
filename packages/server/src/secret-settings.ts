/** Settings of the server about secrets, and about what the account allows to containers. */

export interface SecretSettings {
  /** Earlier master keys; what lies under them is still read. */
  readonly oldMasterKeys: readonly Buffer[];
  /** Plaintext may go to delegates over plain HTTP beyond this machine. */
  readonly arePlainHttpSecretsAllowed: boolean;
  /** Absent = nothing special is allowed, every image is. */
  readonly containers?: { readonly isPrivilegedAllowed: boolean; readonly imagesAllowed?: string[] };
}

const MASTER_KEY_BYTES = 32;

type Environment = Readonly<Record<string, string | undefined>>;
type Refuse = (message: string) => Error;

/** @param refuse - makes the error that is thrown for a setting that makes no sense */
export function readSecretSettings(env: Environment, refuse: Refuse): SecretSettings {
  const privileged = readWord(env, 'BRIDLE_PRIVILEGED_CONTAINERS', ['deny', 'allow'], refuse);
  const images = listOf(env['BRIDLE_IMAGES_ALLOWED']);
  const isPrivilegedAllowed = privileged === 'allow';
  return {
    oldMasterKeys: listOf(env['BRIDLE_OLD_MASTER_KEYS']).map((text) => readKey(text, refuse)),
    arePlainHttpSecretsAllowed: readWord(env, 'BRIDLE_ALLOW_PLAIN_HTTP_SECRETS', ['off', 'on'], refuse) === 'on',
    ...(isPrivilegedAllowed || images.length > 0
      ? { containers: { isPrivilegedAllowed, ...(images.length === 0 ? {} : { imagesAllowed: images }) } }
      : {}),
  };
}

/** The text is never part of the message: it may be a key with a slip in it. */
function readKey(text: string, refuse: Refuse): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length !== MASTER_KEY_BYTES || key.toString('base64') !== text) {
    throw refuse(
      `BRIDLE_OLD_MASTER_KEYS takes keys of ${String(MASTER_KEY_BYTES)} bytes in base64, separated by commas.`,
    );
  }
  return key;
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The first word is the default. */
function readWord(env: Environment, name: string, words: readonly [string, ...string[]], refuse: Refuse): string {
  const written = env[name] || words[0];
  if (words.includes(written)) return written;
  throw refuse(`${name} is none of ${words.join(', ')}: ${written}`);
}
