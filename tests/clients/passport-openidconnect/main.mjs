// A web app with passport-openidconnect. The library only signs people in: it knows no refresh and no sign-out.
import express from 'express';
import session from 'express-session';
import { decodeJwt } from 'jose';
import passport from 'passport';
import { Strategy } from 'passport-openidconnect';

const { env } = process;
passport.use(new Strategy(
  {
    // settings:begin
    // npm install passport-openidconnect; the library knows no PKCE and sends its secret in the form, so register it with
    // "require_pkce": false, "token_endpoint_auth_method": "client_secret_post". It does not check signatures.
    issuer: env.ISSUER,
    authorizationURL: `${env.ISSUER}/oauth2/authorize`,
    tokenURL: `${env.ISSUER}/oauth2/token`,
    userInfoURL: `${env.ISSUER}/oauth2/userinfo`,
    clientID: env.CLIENT_ID,
    clientSecret: env.CLIENT_SECRET,
    callbackURL: env.REDIRECT_URI,
    scope: 'profile email',
    nonce: true,
    // settings:end
  },
  (issuer, userinfo, idProfile, context, idToken, accessToken, refreshToken, tokens, done) => done(null, {
    sub: idProfile.id,
    claims: decodeJwt(idToken),
    userinfo: userinfo._json,
    access_token: accessToken,
  }),
));
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.use(session({ secret: 'for this test', resave: false, saveUninitialized: true }));
app.use(passport.session());
app.get('/', (_, response) => response.send('ready'));
app.get('/login', passport.authenticate('openidconnect'));
app.get('/callback', (request, response, next) => {
  passport.authenticate('openidconnect', (error, user, info) => {
    if (error) return next(error);
    if (!user) return response.status(403).json({ error: info?.message ?? 'refused' });
    return request.login(user, (failure) => (failure ? next(failure) : response.redirect('/result')));
  })(request, response, next);
});
app.get('/result', ({ user }, response) => response.json(user ?? {}));
app.use((error, _request, response, _next) => response.status(500).json({ error: error.message }));
app.listen(Number(env.PORT), '127.0.0.1');
