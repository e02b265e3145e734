// A public client with oauth4webapi.
import * as oauth from 'oauth4webapi';
import { env, serve } from '../web_app.mjs';

// settings:begin
// npm install oauth4webapi; a public client: "token_endpoint_auth_method": "none"
const issuer = new URL(env.ISSUER);
const client = { client_id: env.CLIENT_ID };
const authentication = oauth.None();
const options = { [oauth.allowInsecureRequests]: true }; // for http on localhost only
// settings:end

let found;
async function server() {
  found ??= await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
  return found;
}

serve({
  async login({ session }) {
    session.verifier = oauth.generateRandomCodeVerifier();
    session.nonce = oauth.generateRandomNonce();
    session.state = oauth.generateRandomState();
    const url = new URL((await server()).authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: env.CLIENT_ID,
      redirect_uri: env.REDIRECT_URI,
      response_type: 'code',
      scope: 'openid profile email offline_access',
      code_challenge: await oauth.calculatePKCECodeChallenge(session.verifier),
      code_challenge_method: 'S256',
      nonce: session.nonce,
      state: session.state,
    });
    return url;
  },
  async callback({ session, url }) {
    const as = await server();
    const params = oauth.validateAuthResponse(as, client, new URL(url, env.BASE_URL), session.state);
    const response = await oauth.authorizationCodeGrantRequest(
      as, client, authentication, params, env.REDIRECT_URI, session.verifier, options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
      expectedNonce: session.nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(as, response, options);
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    const { access_token, refresh_token, id_token } = tokens;
    const userinfo = await oauth.processUserInfoResponse(
      as, client, claims.sub, await oauth.userInfoRequest(as, client, access_token, options),
    );
    session.result = { sub: claims.sub, claims, userinfo, access_token, refresh_token, id_token };
    return '/result';
  },
  async refresh({ session }) {
    const as = await server();
    const response = await oauth.refreshTokenGrantRequest(
      as, client, authentication, session.result.refresh_token, options,
    );
    const tokens = await oauth.processRefreshTokenResponse(as, client, response);
    session.result = { ...session.result, ...tokens };
    return { access_token: tokens.access_token, claims: oauth.getValidatedIdTokenClaims(tokens) };
  },
  async revoke({ session }) {
    const response = await oauth.revocationRequest(
      await server(), client, authentication, session.result.refresh_token, options,
    );
    await oauth.processRevocationResponse(response);
  },
  async logout({ session }) {
    const url = new URL((await server()).end_session_endpoint);
    url.searchParams.set('id_token_hint', session.result.id_token);
    url.searchParams.set('post_logout_redirect_uri', env.POST_LOGOUT_REDIRECT_URI);
    return url;
  },
});
