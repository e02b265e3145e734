// A web app with openid-client.
import * as jose from 'jose';
import * as client from 'openid-client';
import { env, serve } from '../web_app.mjs';

let found;
let device;
async function configuration() {
  // settings:begin
  // npm install openid-client
  found ??= await client.discovery(new URL(env.ISSUER), env.CLIENT_ID, env.CLIENT_SECRET, undefined, {
    execute: [client.enableNonRepudiationChecks, client.allowInsecureRequests], // the last for http on localhost only
  });
  // Register the client with "token_endpoint_auth_method": "client_secret_post", or pass client.ClientSecretBasic().
  // settings:end
  return found;
}

let encrypting;
async function encrypted() {
  const key = JSON.parse(env.DECRYPTION_KEY);
  const { alg, enc } = JSON.parse(env.ENCRYPTION);
  const metadata = { client_secret: env.ENCRYPTED_CLIENT_SECRET, userinfo_signed_response_alg: 'RS256', introspection_signed_response_alg: 'RS256' };
  encrypting ??= client.discovery(new URL(env.ISSUER), env.ENCRYPTED_CLIENT_ID, metadata, client.ClientSecretBasic(), {
    execute: [client.enableNonRepudiationChecks, client.allowInsecureRequests],
  }).then(async (found) => {
    client.enableDecryptingResponses(found, [enc], { key: await jose.importJWK(key, alg), alg, kid: key.kid });
    return found;
  });
  return encrypting;
}

// To a key of the server, as it publishes it.
async function encryptedToServer(config, signed) {
  const { alg, enc } = JSON.parse(env.ENCRYPTION);
  const { keys } = await (await fetch(config.serverMetadata().jwks_uri)).json();
  const theirs = keys.find((key) => key.use === 'enc' && (key.kty === 'RSA') === alg.startsWith('RSA'));
  const jwe = new jose.CompactEncrypt(new TextEncoder().encode(signed));
  return jwe.setProtectedHeader({ alg, enc, kid: theirs.kid, cty: 'JWT' }).encrypt(await jose.importJWK(theirs, alg));
}

serve({
  async login({ session }) {
    session.verifier = client.randomPKCECodeVerifier();
    session.nonce = client.randomNonce();
    session.state = client.randomState();
    return client.buildAuthorizationUrl(await configuration(), {
      redirect_uri: env.REDIRECT_URI,
      scope: 'openid profile email offline_access',
      code_challenge: await client.calculatePKCECodeChallenge(session.verifier),
      code_challenge_method: 'S256',
      nonce: session.nonce,
      state: session.state,
    });
  },
  async callback({ session, url }) {
    const tokens = await client.authorizationCodeGrant(await configuration(), new URL(url, env.BASE_URL), {
      pkceCodeVerifier: session.verifier,
      expectedNonce: session.nonce,
      expectedState: session.state,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    const userinfo = await client.fetchUserInfo(await configuration(), tokens.access_token, claims.sub);
    const { access_token, refresh_token, id_token } = tokens;
    session.result = { sub: claims.sub, claims, userinfo, access_token, refresh_token, id_token };
    return '/result';
  },
  async refresh({ session }) {
    const tokens = await client.refreshTokenGrant(await configuration(), session.result.refresh_token);
    session.result = { ...session.result, ...tokens };
    return { access_token: tokens.access_token, claims: tokens.claims() };
  },
  async assertions() {
    const key = JSON.parse(env.PRIVATE_KEY);
    const imported = await crypto.subtle.importKey('jwk', key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
    const token = async (id, method) => {
      const options = { execute: [client.allowInsecureRequests] };
      const machine = await client.discovery(new URL(env.ISSUER), id, undefined, method, options);
      return (await client.clientCredentialsGrant(machine)).access_token;
    };
    return {
      private_key_jwt: await token(env.KEY_CLIENT_ID, client.PrivateKeyJwt({ key: imported, kid: key.kid })),
      client_secret_jwt: await token(env.JWT_CLIENT_ID, client.ClientSecretJwt(env.JWT_CLIENT_SECRET)),
    };
  },
  async register() {
    const options = { execute: [client.allowInsecureRequests], initialAccessToken: env.INITIAL_ACCESS_TOKEN };
    const wanted = { client_name: 'Registered by itself', redirect_uris: [env.REDIRECT_URI] };
    const own = await client.dynamicClientRegistration(new URL(env.ISSUER), wanted, undefined, options);
    const { client_id, registration_client_uri: client_uri, registration_access_token: client_token } = own.clientMetadata();
    return { client_id, client_uri, client_token };
  },
  async device() {
    const options = { execute: [client.enableNonRepudiationChecks, client.allowInsecureRequests] };
    const of = await client.discovery(new URL(env.ISSUER), env.DEVICE_CLIENT_ID, undefined, client.None(), options);
    device = { of, codes: await client.initiateDeviceAuthorization(of, { scope: 'openid' }) };
    return device.codes;
  },
  async device_tokens() {
    const tokens = await client.pollDeviceAuthorizationGrant(device.of, device.codes);
    return { access_token: tokens.access_token, sub: tokens.claims().sub };
  },
  async exchange() {
    const options = { execute: [client.allowInsecureRequests] };
    const basic = client.ClientSecretBasic(env.EXCHANGE_CLIENT_SECRET);
    const machine = await client.discovery(new URL(env.ISSUER), env.EXCHANGE_CLIENT_ID, undefined, basic, options);
    const exchange = async (subject_token, subject_token_type) => {
      const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
      const answer = await client.genericGrantRequest(machine, grant, { subject_token, subject_token_type });
      return answer.access_token;
    };
    const first = await exchange(env.API_KEY, 'urn:claviger:params:oauth:token-type:api_key');
    return { first, second: await exchange(first, 'urn:ietf:params:oauth:token-type:access_token') };
  },
  async revoke({ session }) {
    await client.tokenRevocation(await configuration(), session.result.refresh_token);
  },
  async encrypted({ session }) {
    const config = await encrypted();
    session.encrypted = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedNonce: client.randomNonce(), expectedState: client.randomState() };
    const parameters = {
      redirect_uri: `${env.BASE_URL}/encrypted_callback`,
      scope: 'openid profile',
      code_challenge: await client.calculatePKCECodeChallenge(session.encrypted.pkceCodeVerifier),
      code_challenge_method: 'S256',
      nonce: session.encrypted.expectedNonce,
      state: session.encrypted.expectedState,
    };
    const key = JSON.parse(env.SIGNING_KEY);
    const signing = { key: await jose.importJWK(key, 'ES256'), kid: key.kid };
    const url = await client.buildAuthorizationUrlWithJAR(config, parameters, signing);
    url.searchParams.set('request', await encryptedToServer(config, url.searchParams.get('request')));
    return url;
  },
  async encrypted_callback({ session, url }) {
    const config = await encrypted();
    const tokens = await client.authorizationCodeGrant(config, new URL(url, env.BASE_URL), { ...session.encrypted, idTokenExpected: true });
    const claims = tokens.claims();
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    const introspection = await client.tokenIntrospection(config, tokens.access_token);
    return { claims, userinfo, introspection, id_token: tokens.id_token };
  },
  async introspect({ session }) {
    const options = { execute: [client.enableNonRepudiationChecks, client.allowInsecureRequests] };
    const metadata = { client_secret: env.CLIENT_SECRET, introspection_signed_response_alg: 'RS256' };
    const signed = await client.discovery(new URL(env.ISSUER), env.CLIENT_ID, metadata, undefined, options);
    const answer = await client.tokenIntrospection(signed, session.result.access_token);
    const plain = await client.tokenIntrospection(await configuration(), session.result.access_token);
    return answer.sub === plain.sub ? answer : { error: 'signed and plain introspection differ' };
  },
  async logout({ session }) {
    return client.buildEndSessionUrl(await configuration(), {
      post_logout_redirect_uri: env.POST_LOGOUT_REDIRECT_URI,
      id_token_hint: session.result.id_token,
    });
  },
});
