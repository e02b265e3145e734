// A web app with go-oidc and golang.org/x/oauth2.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

type app struct {
	config   oauth2.Config
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	// The end-session endpoint, which the library leaves to us.
	endSession string
}

func newApp(ctx context.Context) (*app, error) {
	// settings:begin
	// go get github.com/coreos/go-oidc/v3 golang.org/x/oauth2
	provider, err := oidc.NewProvider(ctx, os.Getenv("ISSUER"))
	if err != nil {
		return nil, err
	}
	config := oauth2.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		RedirectURL:  os.Getenv("REDIRECT_URI"),
		Endpoint:     provider.Endpoint(),
		Scopes:       []string{oidc.ScopeOpenID, "profile", "email", oidc.ScopeOfflineAccess},
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: config.ClientID})
	// Then: oauth2.S256ChallengeOption and oidc.Nonce with AuthCodeURL, oauth2.VerifierOption with Exchange. The nonce
	// and, with VerifyAccessToken, the at_hash of an ID token are yours to compare.
	// settings:end
	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := provider.Claims(&metadata); err != nil {
		return nil, err
	}
	return &app{config, provider, verifier, metadata.EndSession}, nil
}

// What we know of one browser.
type session struct {
	state, nonce, verifier string
	tokens                 *oauth2.Token
	result                 map[string]any
}

func (a *app) login(s *session, _ *http.Request) (any, error) {
	s.state, s.nonce, s.verifier = oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	return a.config.AuthCodeURL(s.state, oidc.Nonce(s.nonce), oauth2.S256ChallengeOption(s.verifier)), nil
}

func (a *app) callback(s *session, r *http.Request) (any, error) {
	if r.FormValue("state") != s.state {
		return nil, errors.New("another state")
	}
	if r.FormValue("code") == "" {
		return nil, errors.New(r.FormValue("error") + " " + r.FormValue("error_description"))
	}
	tokens, err := a.config.Exchange(r.Context(), r.FormValue("code"), oauth2.VerifierOption(s.verifier))
	if err != nil {
		return nil, err
	}
	claims, err := a.claims(r.Context(), tokens, s.nonce)
	if err != nil {
		return nil, err
	}
	known, err := a.provider.UserInfo(r.Context(), oauth2.StaticTokenSource(tokens))
	if err != nil {
		return nil, err
	}
	userinfo := map[string]any{}
	if err := known.Claims(&userinfo); err != nil {
		return nil, err
	}
	if known.Subject != claims["sub"] {
		return nil, errors.New("UserInfo is about somebody else")
	}
	s.tokens = tokens
	s.result = map[string]any{
		"sub": claims["sub"], "claims": claims, "userinfo": userinfo,
		"access_token": tokens.AccessToken, "refresh_token": tokens.RefreshToken,
	}
	return "/result", nil
}

// The claims of the ID token, after all checks.
func (a *app) claims(ctx context.Context, tokens *oauth2.Token, nonce string) (map[string]any, error) {
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("no ID token")
	}
	token, err := a.verifier.Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	if token.Nonce != nonce {
		return nil, errors.New("another nonce")
	}
	if err := token.VerifyAccessToken(tokens.AccessToken); err != nil {
		return nil, err
	}
	claims := map[string]any{}
	return claims, token.Claims(&claims)
}

func (a *app) show(s *session, _ *http.Request) (any, error) {
	return s.result, nil
}

// The library refreshes by itself once the access token has expired, so this one pretends that it has.
func (a *app) refresh(s *session, r *http.Request) (any, error) {
	expired := *s.tokens
	expired.Expiry = time.Now().Add(-time.Minute)
	tokens, err := a.config.TokenSource(r.Context(), &expired).Token()
	if err != nil {
		return nil, err
	}
	s.tokens = tokens
	return map[string]any{"access_token": tokens.AccessToken}, nil
}

func (a *app) logout(s *session, _ *http.Request) (any, error) {
	query := url.Values{
		"id_token_hint":            {s.tokens.Extra("id_token").(string)},
		"client_id":                {a.config.ClientID},
		"post_logout_redirect_uri": {os.Getenv("POST_LOGOUT_REDIRECT_URI")},
	}
	return a.endSession + "?" + query.Encode(), nil
}

var (
	sessions = map[string]*session{}
	lock     sync.Mutex
)

// Answers with a redirect to a string, JSON of anything else, or the error.
func page(act func(*session, *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		name := oauth2.GenerateVerifier()
		if cookie, err := r.Cookie("app"); err == nil {
			name = cookie.Value
		}
		if sessions[name] == nil {
			sessions[name] = &session{}
			http.SetCookie(w, &http.Cookie{Name: "app", Value: name, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		}
		answer, err := act(sessions[name], r)
		if target, ok := answer.(string); ok {
			http.Redirect(w, r, target, http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			answer = map[string]string{"error": err.Error()}
		}
		_ = json.NewEncoder(w).Encode(answer)
	}
}

func main() {
	a, err := newApp(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ready")) })
	http.HandleFunc("GET /login", page(a.login))
	http.HandleFunc("GET /callback", page(a.callback))
	http.HandleFunc("GET /result", page(a.show))
	http.HandleFunc("GET /refresh", page(a.refresh))
	http.HandleFunc("GET /logout", page(a.logout))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
