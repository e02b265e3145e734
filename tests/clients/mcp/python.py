"""A client of MCP with the official Python SDK: it knows the server's address, and finds the rest."""
import asyncio
import json
import os
from urllib.parse import parse_qs, urlparse

import httpx2
from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

MCP_URL, REDIRECT_URI = os.environ["MCP_URL"], os.environ["REDIRECT_URI"]


class Storage:
    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def main():
    answered = asyncio.get_running_loop().create_future()

    async def receive(reader, writer):
        path = (await reader.readline()).decode().split(" ")[1]
        body = b'{"done": true}'
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()
        if urlparse(path).path == urlparse(REDIRECT_URI).path and not answered.done():
            answered.set_result({name: values[0] for name, values in parse_qs(urlparse(path).query).items()})

    async def open_browser(url):
        print("OPEN", url, flush=True)

    async def callback():
        answer = await answered
        return AuthorizationCodeResult(code=answer.get("code"), state=answer.get("state"), iss=answer.get("iss"))

    await asyncio.start_server(receive, "127.0.0.1", urlparse(REDIRECT_URI).port)
    storage = Storage()
    # settings:begin
    auth = OAuthClientProvider(
        server_url=MCP_URL,
        client_metadata=OAuthClientMetadata(
            client_name="MCP SDK for Python",
            redirect_uris=[REDIRECT_URI],
            grant_types=["authorization_code", "refresh_token"],
            token_endpoint_auth_method="none",
        ),
        client_metadata_url=os.environ.get("CLIENT_METADATA_URL") or None,  # used where the server takes documents
        storage=storage,
        redirect_handler=open_browser,
        callback_handler=callback,
    )
    # settings:end
    async with httpx2.AsyncClient(auth=auth, timeout=30) as http:
        async with streamable_http_client(MCP_URL, http_client=http) as streams:
            async with ClientSession(streams[0], streams[1]) as session:
                await session.initialize()
                tool = (await session.list_tools()).tools[0].name
                result = await session.call_tool(tool, {})
    done = {"tool": tool, "text": result.content[0].text, "client_id": storage.client.client_id}
    print("DONE", json.dumps(done), flush=True)
    os._exit(0)


asyncio.run(main())
