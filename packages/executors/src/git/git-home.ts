/**
 * The world that git commands of a clone see: a home of their own in the step's scratch folder.
 *
 * - H1 Nothing of the host's, the user's or the step's configuration counts: no system or user file, no templates, no hooks, no
 *   variables but those made here.
 * - H2 Credentials lie in files of mode 0600 that only the clone knows the way to: never in an argument, a variable, a URL, or the clone
 *   itself. They are given to the connector's own host and port only, whatever submodules and redirects say.
 * - H3 `leave` removes all of it; what a killed delegate leaves behind goes with the step's scratch folder.
 */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, rootCertificates } from 'node:tls';
import type { ProxySettings } from '@bridle/outgoing';
import type { ExecutorSettings } from '../executor.ts';
import { inheritedEnvironment } from '../process/environment.ts';
import { makeStepFolder, writeStepFile } from '../process/step-files.ts';
import type { StepWorkspace } from '../workspace.ts';
import type { CloneSpec } from './clone-spec.ts';
import type { Login } from './login.ts';
import type { Remote } from './remote.ts';

const SILENCE_S = 300;

export interface GitHome {
  /** Of every git command. */
  readonly environment: Readonly<Record<string, string>>;
  leave(): Promise<void>;
}

export function makeGitHome(
  workspace: StepWorkspace,
  remote: Remote,
  spec: CloneSpec,
  settings: ExecutorSettings,
): GitHome {
  const folder = join(workspace.scratch, 'git');
  const leave = (): Promise<void> => rm(folder, { recursive: true, force: true });
  makeStepFolder(workspace, folder);
  const template = join(folder, 'template');
  makeStepFolder(workspace, template);
  const write = (name: string, content: string): string => {
    const path = join(folder, name);
    writeStepFile(workspace, path, content);
    return path;
  };
  const config = write('.gitconfig', gitConfig(remote, spec, writeHelper(remote.login, write)));
  const environment: Record<string, string> = {
    ...inheritedEnvironment([]),
    ...proxyVariables(settings.proxy),
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    LC_ALL: 'C', // its messages are read, by people and by `classify`
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: config,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TEMPLATE_DIR: template,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: ['http', 'https', 'ssh', 'git', ...(remote.protocol === 'file' ? ['file'] : [])].join(':'),
    GIT_SSH_COMMAND: `ssh -F ${shellWord(write('ssh_config', sshConfig(remote, settings, folder, write)))}`,
    GIT_SSH_VARIANT: 'ssh',
    ...askForPassphrase(remote.login, write),
    ...(spec.isVerbose ? { GIT_TRACE: '1' } : {}),
  };
  const authorities = settings.http.certificateAuthorities ?? [];
  if (remote.protocol === 'https' && authorities.length > 0)
    environment['GIT_SSL_CAINFO'] = write('authorities.pem', trustedCertificates(authorities));
  else if (environment['SSL_CERT_FILE'] !== undefined) environment['GIT_SSL_CAINFO'] = environment['SSL_CERT_FILE'];
  return { environment, leave };
}

type WriteFile = (name: string, content: string) => string;

/** Answers with the value of `credential.helper`: a program that prints what git asks for. */
function writeHelper(login: Login, write: WriteFile): string | undefined {
  if (login.kind !== 'password') return undefined;
  const answer = write('login', `username=${login.username}\npassword=${login.password}\n`);
  const helper = write('helper', `if [ "$1" = get ]; then cat ${shellWord(answer)}; fi\n`);
  return `!sh ${shellWord(helper)}`;
}

function hasPassphrase(login: Login): boolean {
  return login.kind === 'key' && login.passphrase !== undefined;
}

/** ssh takes it from a program only, which it starts without a shell. */
function askForPassphrase(login: Login, write: WriteFile): Record<string, string> {
  if (login.kind !== 'key' || login.passphrase === undefined) return {};
  const answer = write('passphrase', `${login.passphrase}\n`);
  const program = write('ask_passphrase', `#!/bin/sh\ncat ${shellWord(answer)}\n`);
  chmodSync(program, 0o700);
  return { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };
}

function gitConfig(remote: Remote, spec: CloneSpec, helper: string | undefined): string {
  const sections = [
    ['core', 'hooksPath = /dev/null', 'fsmonitor = false', 'askPass ='],
    ['init', 'defaultBranch = main'],
    ['advice', 'detachedHead = false'],
    // No process of git's own accord that outlives the clone.
    ['gc', 'auto = 0'],
    ['maintenance', 'auto = false'],
    // The folder is ours to fill, whoever it belongs to.
    ['safe', 'directory = *'],
    ['fetch', 'recurseSubmodules = false'],
    // A connection that gives nothing for minutes is over; servers at work say so every few seconds.
    ['http', 'lowSpeedLimit = 1', `lowSpeedTime = ${SILENCE_S}`],
  ];
  if (helper !== undefined)
    sections.push([`credential ${configWord(remote.origin)}`, `helper = ${configWord(helper)}`]);
  if (!spec.isTlsChecked && remote.protocol === 'https')
    sections.push([`http ${configWord(remote.origin)}`, 'sslVerify = false']);
  if (spec.hasLfs) {
    sections.push([
      'filter "lfs"',
      'clean = git-lfs clean -- %f',
      'smudge = git-lfs smudge -- %f',
      'process = git-lfs filter-process',
      'required = true',
    ]);
  }
  return sections.map(([head, ...lines]) => `[${head}]\n${lines.map((line) => `\t${line}\n`).join('')}`).join('');
}

function sshConfig(remote: Remote, settings: ExecutorSettings, folder: string, write: WriteFile): string {
  const known = write('known_hosts', knownHosts(settings));
  const lines = [];
  if (remote.login.kind === 'key') {
    const { privateKey, user, port } = remote.login;
    lines.push(`Host ${remote.host}`, `  IdentityFile ${configWord(write('ssh_key', privateKey))}`);
    if (user !== undefined) lines.push(`  User ${user}`);
    if (port !== undefined) lines.push(`  Port ${port}`);
  }
  lines.push(
    'Host *',
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    // It would not even ask the program that knows a key's passphrase.
    `  BatchMode ${hasPassphrase(remote.login) ? 'no' : 'yes'}`,
    '  PasswordAuthentication no',
    '  KbdInteractiveAuthentication no',
    '  ForwardAgent no',
    '  ClearAllForwardings yes',
    `  ServerAliveInterval ${SILENCE_S / 10}`,
    '  ServerAliveCountMax 10',
    `  ConnectTimeout ${Math.max(1, Math.ceil(settings.ssh.connectTimeoutMs / 1_000))}`,
    `  StrictHostKeyChecking ${settings.ssh.hostKeys === 'strict' ? 'yes' : 'accept-new'}`,
    `  UserKnownHostsFile ${configWord(known)}`,
    // Without a key of the connector ssh must not try those of the user: their folder is named by passwd, not by HOME.
    ...(remote.login.kind === 'key' ? [] : [`  IdentityFile ${configWord(join(folder, 'no_key'))}`]),
  );
  return `${lines.join('\n')}\n`;
}

function knownHosts(settings: ExecutorSettings): string {
  const file = settings.ssh.knownHostsFile;
  return file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** A file takes the place of what git trusts by itself, so it must have that too. */
function trustedCertificates(more: readonly string[]): string {
  return [...rootCertificates, ...getCACertificates('system'), ...getCACertificates('extra'), ...more].join('\n');
}

function proxyVariables(proxy: ProxySettings | undefined): Record<string, string> {
  if (proxy === undefined) return {};
  return {
    ...(proxy.httpUrl === undefined ? {} : { http_proxy: proxy.httpUrl }),
    ...(proxy.httpsUrl === undefined ? {} : { https_proxy: proxy.httpsUrl }),
    ...(proxy.noProxy.length === 0 ? {} : { no_proxy: proxy.noProxy.join(',') }),
  };
}

/** One word for a POSIX shell. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** One value for a file of git or ssh. */
function configWord(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
