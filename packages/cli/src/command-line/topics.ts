/** `bridle help TOPIC`: what several commands have in common. */
import { EXIT_CODES } from './exit-codes.ts';

export interface Topic {
  readonly name: string;
  readonly summary: string;
  readonly text: string;
}

const EXPRESSIONS = `Expressions stand in <+…> anywhere in a pipeline, and are resolved just before their step starts.

  <+pipeline.variables.tag>                         a variable of the pipeline
  <+stage.variables.region>                         of the stage around
  <+steps.test.output.outputVariables.version>      what an earlier step of the stage gave
  <+pipeline.stages.build.spec.execution.steps.test.output.outputVariables.version>
                                                    the same from anywhere
  <+matrix.os>  <+iteration>  <+repeat.item>        the turn of a loop
  <+trigger.payload.ref>                            what an event brought
  <+secrets.getValue("token")>                      a secret; it is never shown
  <+input>  <+input>.default(x).allowedValues(x,y)  asked for when the run starts

Operators: == != < > <= >= && || ! + - * / % =~ ?: and Java's methods on texts and lists.

  bridle explain '<+pipeline.variables.tag>'        its value, and how it came about
  bridle plan                                       all of a pipeline at once`;

const INPUTS = `Whatever a pipeline says is <+input> is asked for when a run starts. The later way wins:

  --input-set nightly        an input set or overlay of the repository, or a file
  -f inputs.yaml             a file: rooted at pipeline, or lines of name: value
  -i tag=1.2                 a single one

An input is named by its path with identifiers in the place of positions, and may be shortened from the left as far as
it stays the only one of that name:

  stages.build.variables.region       build.variables.region       region

On a terminal, bridle run asks for what is missing; elsewhere it names all of it and ends with exit code 2.`;

const ENVIRONMENT = `  NO_COLOR            no colours, whatever its value
  FORCE_COLOR         colours where there is no terminal, too
  BRIDLE_ASCII        no symbols beyond ASCII
  LC_ALL, LANG        a locale without UTF-8 means no symbols beyond ASCII
  TERM=dumb           no colours, no live view
  DOCKER_HOST         the engine that runs steps with an image
  HARNESS_API_KEY, HARNESS_BASE_URL, HARNESS_ORG, HARNESS_PROJECT, BRIDLE_PROFILE
                      the server: see bridle help connection

Steps do not see the environment of bridle: they get what a step on a server gets.`;

const CONNECTION = `Which server, who asks, and in which scope. The first that says it wins, value by value:

  1. an option                --url, --token, --account, --org, --project, or --profile for all of them
  2. the environment          HARNESS_BASE_URL, HARNESS_API_KEY, HARNESS_ACCOUNT_ID, HARNESS_ORG, HARNESS_PROJECT
  3. the repository           .bridle.yaml with org, project and profile; never an address or a token
  4. a profile                in ~/.config/bridle/config.yaml, made by bridle login; BRIDLE_PROFILE names another one
  5. ~/.harness/auth.json     of hc, the tool of Harness
  6. a Bridle of your own     that runs on this machine (BRIDLE_HOME)

What is kept for one server is never used with another. The account is that of the token. bridle whoami shows which won.

Other names of the same variables:

  HARNESS_BASE_URL            HARNESS_ENDPOINT, HARNESS_API_URL
  HARNESS_API_KEY             HARNESS_PLATFORM_API_KEY
  HARNESS_ORG                 HARNESS_DEFAULT_ORG_ID, HARNESS_ORG_ID, ORG_IDENTIFIER
  HARNESS_PROJECT             HARNESS_DEFAULT_PROJECT_ID, HARNESS_PROJECT_ID, PROJECT_IDENTIFIER

Whatever takes an execution or a pipeline also takes the address of its page.`;

export const TOPICS: readonly Topic[] = [
  { name: 'expressions', summary: 'what may stand in <+…>', text: EXPRESSIONS },
  { name: 'inputs', summary: 'how a run is given its inputs', text: INPUTS },
  { name: 'connection', summary: 'how a server and a project are found', text: CONNECTION },
  {
    name: 'exit-codes',
    summary: 'what commands end with',
    text: Object.entries(EXIT_CODES)
      .map(([code, meaning]) => `  ${code.padEnd(4)} ${meaning}`)
      .join('\n'),
  },
  { name: 'environment', summary: 'variables that bridle obeys', text: ENVIRONMENT },
];

export function findTopic(words: readonly string[]): Topic | undefined {
  const [first, name] = words;
  return first === 'help' && words.length === 2 ? TOPICS.find((topic) => topic.name === name) : undefined;
}

export function listTopics(): string {
  const width = Math.max(...TOPICS.map(({ name }) => name.length));
  return TOPICS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
}
