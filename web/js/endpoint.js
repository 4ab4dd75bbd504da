// The form for the API's URL. It opens by itself when the API fails or is not the default.

import { Api, defaultEndpoint, isEndpointOfTab, parseEndpoint } from "./api.js";
import { errorMessage, setText } from "./i18n.js";
import { local, session } from "./storage.js";

const $ = (selector) => document.querySelector(selector);

/**
 * Sets up the form. `current()` is the API in use, `connect(api, page)` switches to another, `restart()` finds the
 * endpoint again and connects to it.
 */
export function setUpEndpoint({ current, connect, restart }) {
  const input = $("#endpoint");
  $("#endpoint-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const base = parseEndpoint(input.value);
    // The list stays until the new API has responded, so that a mistyped URL does not empty it.
    if (!base) return showError(input.value.trim() ? "error.invalidEndpoint" : "error.noEndpoint");
    input.value = base;
    const api = new Api(base);
    const page = api.list();
    showError(null);
    $(".feed").setAttribute("aria-busy", "true");
    try {
      await page;
    } catch (error) {
      $(".feed").setAttribute("aria-busy", "false");
      const { key, values } = errorMessage(error);
      return showError(key, values);
    }
    storeEndpoint(base);
    await connect(api, page);
  });
  $("#endpoint-default").addEventListener("click", () => {
    storeEndpoint(null);
    input.focus();
    restart();
  });
  return { show, toggle, showError, showNotice };

  function show(isOpen = true) {
    $("#endpoint-form").hidden = !isOpen;
    $("#endpoint-open").setAttribute("aria-expanded", String(isOpen));
    if (isOpen) offerDefault();
  }

  function toggle() {
    const isOpen = $("#endpoint-form").hidden;
    show(isOpen);
    if (isOpen) input.focus();
  }

  /** Shows the form with a message; a null key clears the message. */
  function showError(key, values) {
    setText($("#endpoint-error"), key, values);
    if (key) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    if (key) show();
    else offerDefault();
  }

  /** Shows that the API is `base` and not the default; null hides the notice. */
  function showNotice(base) {
    const host = base && new URL(base).host;
    setText($("#endpoint-notice"), base && (isEndpointOfTab() ? "noticeTab" : "noticeStored"), { host });
    if (base) show();
  }

  /** Shows the button that returns to the default API, unless that is the one in use and in the field. */
  async function offerDefault() {
    const base = await defaultEndpoint();
    $("#endpoint-default").hidden = !base || (base === current()?.base && base === parseEndpoint(input.value));
  }
}

/** Stores the endpoint for all tabs (null: the default) and removes `?api=…`, which would override it. */
export function storeEndpoint(base) {
  session.set("endpoint", null);
  local.set("endpoint", base);
  const url = new URL(location.href);
  if (!url.searchParams.has("api")) return;
  url.searchParams.delete("api");
  history.replaceState(history.state, "", url);
}
