/** The Model Context Protocol's words about tools. */
import { UsageError } from '../command-line/usage-error.ts';
import { failureOf } from '../connection/failures.ts';
import { VERSION } from '../version.ts';
import { INVALID_PARAMS, METHOD_NOT_FOUND, RpcError, type Handler } from './json-rpc.ts';
import { Arguments, isRecord } from './schema.ts';
import type { Tool, ToolContext } from './tool.ts';

/** Newest first. What tools need is the same in all of them. */
const PROTOCOL_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

export function toolHandler(tools: readonly Tool[], context: Omit<ToolContext, 'signal'>): Handler {
  const { org, project, settings } = context.connection;
  const instructions = `Pipelines of the project ${project} (organization ${org}) on ${settings.url.value}. After run_pipeline, call watch_execution until it has ended; get_execution says why it failed.`;
  return async (method, params, signal) => {
    switch (method) {
      case 'initialize':
        return {
          protocolVersion: versionFor(params),
          capabilities: { tools: {} },
          serverInfo: { name: 'bridle', title: 'Bridle', version: VERSION },
          instructions,
        };
      case 'ping':
        return {};
      case 'tools/list':
        return { tools: tools.map(toolOnWire) };
      case 'tools/call':
        return await callTool(tools, params, { ...context, signal });
      default:
        throw new RpcError(METHOD_NOT_FOUND, `There is no method ${method}.`);
    }
  };
}

function versionFor(params: unknown): string {
  const wanted = isRecord(params) ? params['protocolVersion'] : undefined;
  return PROTOCOL_VERSIONS.find((version) => version === wanted) ?? PROTOCOL_VERSIONS[0];
}

function toolOnWire({ name, title, description, input, effect }: Tool): object {
  const annotations = {
    title,
    readOnlyHint: effect === 'reads',
    destructiveHint: effect === 'destroys',
    idempotentHint: effect === 'reads',
    // A server with pipelines that do anything.
    openWorldHint: true,
  };
  return { name, title, description, inputSchema: input, annotations };
}

async function callTool(tools: readonly Tool[], params: unknown, context: ToolContext): Promise<object> {
  const name = isRecord(params) ? params['name'] : undefined;
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new RpcError(INVALID_PARAMS, `There is no tool ${String(name)}.`);
  try {
    const given = new Arguments(tool.input, isRecord(params) ? params['arguments'] : undefined);
    return answer(await tool.call(given, context));
  } catch (error) {
    // What a person would be told, for a model to think about.
    const told = failureOf(error, context.connection.settings);
    if (!(told instanceof UsageError)) throw error;
    return { ...answer([told.message, ...(told.hint === undefined ? [] : [told.hint])].join('\n')), isError: true };
  }
}

function answer(text: string): object {
  return { content: [{ type: 'text', text }] };
}
