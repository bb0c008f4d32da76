import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { readSecretSettings } from './secret-settings.ts';

const refuse = (message: string): Error => new Error(message);

test('the strict side is the default', () => {
  expect(readSecretSettings({}, refuse)).toEqual({ oldMasterKeys: [], arePlainHttpSecretsAllowed: false });
});

test('what is allowed is read', () => {
  const keys = [randomBytes(32), randomBytes(32)];
  const settings = readSecretSettings(
    {
      BRIDLE_OLD_MASTER_KEYS: keys.map((key) => key.toString('base64')).join(' , '),
      BRIDLE_ALLOW_PLAIN_HTTP_SECRETS: 'on',
      BRIDLE_PRIVILEGED_CONTAINERS: 'allow',
      BRIDLE_IMAGES_ALLOWED: 'docker.io/library/alpine:3, registry.example.com/ci/node:24',
    },
    refuse,
  );
  expect(settings).toEqual({
    oldMasterKeys: keys,
    arePlainHttpSecretsAllowed: true,
    containers: {
      isPrivilegedAllowed: true,
      imagesAllowed: ['docker.io/library/alpine:3', 'registry.example.com/ci/node:24'],
    },
  });
  expect(readSecretSettings({ BRIDLE_IMAGES_ALLOWED: 'a:1' }, refuse).containers).toEqual({
    isPrivilegedAllowed: false,
    imagesAllowed: ['a:1'],
  });
});

test('a slip is told, and a key never', () => {
  const slip = randomBytes(31).toString('base64');
  expect(() => readSecretSettings({ BRIDLE_OLD_MASTER_KEYS: slip }, refuse)).toThrow(
    'BRIDLE_OLD_MASTER_KEYS takes keys',
  );
  expect(() => readSecretSettings({ BRIDLE_OLD_MASTER_KEYS: slip }, refuse)).not.toThrow(slip.slice(0, 8));
  expect(() => readSecretSettings({ BRIDLE_PRIVILEGED_CONTAINERS: 'yes' }, refuse)).toThrow('is none of deny, allow');
  expect(() => readSecretSettings({ BRIDLE_ALLOW_PLAIN_HTTP_SECRETS: 'true' }, refuse)).toThrow('is none of off, on');
});
