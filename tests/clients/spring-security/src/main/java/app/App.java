// A web app with Spring Security's OAuth 2.0 client. The settings are in application.yml.
package app;

import java.time.Duration;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.annotation.RegisteredOAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.view.RedirectView;
import tools.jackson.databind.json.JsonMapper;

import static org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher.pathPattern;

@SpringBootApplication
@RestController
public class App {
    private static final String LOGIN = "/oauth2/authorization/claviger";

    private final OAuth2AuthorizedClientService clients;

    App(OAuth2AuthorizedClientService clients) {
        this.clients = clients;
    }

    public static void main(String[] arguments) {
        SpringApplication.run(App.class, arguments);
    }

    @Bean
    static SecurityFilterChain security(
            HttpSecurity http,
            ClientRegistrationRepository registrations,
            JsonMapper json,
            @Value("${POST_LOGOUT_REDIRECT_URI}") String back) {
        var signOut = new OidcClientInitiatedLogoutSuccessHandler(registrations);
        signOut.setPostLogoutRedirectUri(back);
        return http
            .authorizeHttpRequests(rules -> rules.requestMatchers("/", "/login").permitAll().anyRequest().authenticated())
            .oauth2Login(login -> login
                .loginPage(LOGIN)
                .defaultSuccessUrl("/result", true)
                .failureHandler((request, response, failure) -> {
                    response.setStatus(HttpStatus.UNAUTHORIZED.value());
                    response.setContentType("application/json");
                    json.writeValue(response.getOutputStream(), Map.of("error", failure.toString()));
                }))
            .logout(logout -> logout.logoutRequestMatcher(pathPattern("/logout")).logoutSuccessHandler(signOut))
            .build();
    }

    /** By itself, the library refreshes when the access token is about to expire; here that is always. */
    @Bean
    static OAuth2AuthorizedClientManager eager(
            ClientRegistrationRepository registrations, OAuth2AuthorizedClientRepository repository) {
        var manager = new DefaultOAuth2AuthorizedClientManager(registrations, repository);
        manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder()
            .refreshToken(refresh -> refresh.clockSkew(Duration.ofDays(1)))
            .build());
        return manager;
    }

    @GetMapping("/")
    String ready() {
        return "ready";
    }

    @GetMapping("/login")
    RedirectView login() {
        return new RedirectView(LOGIN);
    }

    @GetMapping("/result")
    Map<String, Object> result(@AuthenticationPrincipal OidcUser user) {
        OAuth2AuthorizedClient client = clients.loadAuthorizedClient("claviger", user.getName());
        return Map.of(
            "sub", user.getSubject(),
            "claims", user.getIdToken().getClaims(),
            "userinfo", user.getUserInfo().getClaims(),
            "access_token", client.getAccessToken().getTokenValue(),
            "refresh_token", client.getRefreshToken().getTokenValue());
    }

    @GetMapping("/refresh")
    Map<String, Object> refresh(@RegisteredOAuth2AuthorizedClient("claviger") OAuth2AuthorizedClient client) {
        return Map.of("access_token", client.getAccessToken().getTokenValue());
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
    Map<String, String> failed(Exception failure) {
        return Map.of("error", failure.toString());
    }
}
