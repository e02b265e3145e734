//! An answer by form.

use super::*;

/// OIDC Form Post §2: the browser posts the answer by itself.
#[actix_web::test]
async fn sends_itself() {
    walk_as_ada(async |scene| {
        scene.start(&[("response_mode", "form_post")]).await;
        scene.allow().await;
        answer_came_by_post(scene).await;
    })
    .await;
}

/// OIDC Form Post §2: where no script runs, the person presses the button.
#[actix_web::test]
async fn is_sent_by_hand_where_no_script_runs() {
    walk_as_ada(async |scene| {
        scene.chromium.scripts_run(false).await;
        scene.start(&[("response_mode", "form_post")]).await;
        scene.allow().await;
        assert_eq!(scene.chromium.heading().await, "Back to Harbour Log");
        scene.chromium.press("form#form-post button").await;
        answer_came_by_post(scene).await;
    })
    .await;
}

async fn answer_came_by_post(scene: &Scene) {
    scene.chromium.arrives_at("/welcome").await;
    let (method, told) = scene.party.answer();
    assert_eq!((method, told["state"].as_str()), ("POST", "af0 ifj&s=ldkj\"é"));
    scene.tokens(&told["code"]).await;
}
