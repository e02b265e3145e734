// A client of MCP with the official TypeScript SDK: it knows the server's address, and finds the rest.
import http from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const { MCP_URL, REDIRECT_URI, CLIENT_METADATA_URL, STATE } = process.env;
const kept = {};

// settings:begin
const provider = {
  redirectUrl: REDIRECT_URI,
  clientMetadataUrl: CLIENT_METADATA_URL || undefined, // used where the server takes documents; else it registers
  clientMetadata: {
    client_name: 'MCP SDK for TypeScript',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  clientInformation: () => kept.client,
  saveClientInformation: (client) => { kept.client = client; },
  tokens: () => kept.tokens,
  saveTokens: (tokens) => { kept.tokens = tokens; },
  codeVerifier: () => kept.verifier,
  saveCodeVerifier: (verifier) => { kept.verifier = verifier; },
  redirectToAuthorization: (url) => console.log(`OPEN ${url}`),
};
// settings:end
if (STATE) provider.state = () => STATE;

// The one answer of the authorization server.
const answered = new Promise((resolve) => {
  const listener = http.createServer((request, response) => {
    response.end(JSON.stringify({ done: true }));
    const url = new URL(request.url, REDIRECT_URI);
    if (url.pathname !== new URL(REDIRECT_URI).pathname) return;
    listener.close();
    resolve(url.searchParams);
  });
  listener.listen(Number(new URL(REDIRECT_URI).port), '127.0.0.1');
});

const connect = async () => {
  const transport = new StreamableHTTPClientTransport(new URL(MCP_URL), { authProvider: provider });
  const client = new Client({ name: 'claviger-tests', version: '1' });
  try {
    await client.connect(transport);
    return client;
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    const answer = await answered;
    if (answer.get('error')) throw new Error(answer.get('error'));
    if ((answer.get('state') ?? '') !== (STATE ?? '')) throw new Error(`state ${answer.get('state')}`);
    await transport.finishAuth(answer.get('code'));
    return connect();
  }
};

const client = await connect();
const { tools } = await client.listTools();
const { content } = await client.callTool({ name: tools[0].name, arguments: {} });
console.log(`DONE ${JSON.stringify({ tool: tools[0].name, text: content[0].text, client_id: kept.client.client_id })}`);
process.exit(0);
