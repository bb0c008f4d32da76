import { homedir } from 'node:os';
import { configPath, readConfig, type Config } from './config-file.ts';

/** @throws UsageError when it cannot be understood */
export function findConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  return readConfig(configPath(environment, environment['HOME'] ?? homedir()));
}
