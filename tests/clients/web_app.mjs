// What the Node clients share: sessions and the routes of README.md. Everything about the protocol is the library's.
import express from 'express';
import session from 'express-session';

export const env = process.env;

// Each of `actions` (login, callback, refresh, revoke, introspect, logout) takes the request, whose `session` it may
// change, and returns a URL to go to or an object to show.
export function serve(actions, prepare = () => {}) {
  const app = express();
  app.use(session({ secret: 'for this test', resave: false, saveUninitialized: true }));
  prepare(app);
  app.get('/', (_, response) => response.send('ready'));
  app.get('/result', (request, response) => response.json(request.session.result ?? {}));
  for (const [name, act] of Object.entries(actions)) {
    app.get(`/${name}`, async (request, response) => {
      const outcome = await act(request, response);
      if (typeof outcome === 'string' || outcome instanceof URL) response.redirect(String(outcome));
      else response.json(outcome ?? {});
    });
  }
  app.use((error, _request, response, _next) => {
    const causes = [];
    for (let cause = error; cause; cause = cause.cause) causes.push(cause.message ?? JSON.stringify(cause));
    response.status(500).json({ error: causes.join(': ') });
  });
  app.listen(Number(env.PORT), '127.0.0.1');
}
