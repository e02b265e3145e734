// Goes on once every app has been told, or after some seconds. Without scripts, the page itself does.
const goOn = () => location.replace(document.getElementById("onward").href);
addEventListener("load", goOn);
setTimeout(goOn, 5000);
