// Carries an authorization response on its way (response_mode=form_post). Without scripts, the button does.
document.getElementById("form-post").submit();
