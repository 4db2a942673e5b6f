"use strict";

/* Keyboard shortcuts of the queue and the case page; the pages are whole without them.
 *
 * [data-keys-row]    j and k go from one to the next; the link in it gets the focus, so Enter opens it
 * [data-keys-search] / goes there
 * [data-key=X]       X follows a link, and only moves to a button or field: nothing is decided by one key
 * [data-keys-first]  gets the focus when the page opens (an error)
 * [data-keys-toggle] turns the shortcuts off and on; a browser remembers it
 */
ckan.module("regional-keys", function ($) {
  var MEMORY = "regional-keys-off";

  return {
    initialize: function () {
      this.texts = { off: this.$("[data-keys-toggle]").text() };
      this.on = this._remembered();
      this._show();
      this.$("[data-keys-toggle]").on("click", this._toggle.bind(this));
      document.addEventListener("keydown", this._pressed.bind(this));
      this.$("[data-keys-first]").first().trigger("focus");
    },

    _remembered: function () {
      try {
        return window.localStorage.getItem(MEMORY) !== "1";
      } catch (error) {
        return true;
      }
    },

    _toggle: function () {
      this.on = !this.on;
      try {
        window.localStorage.setItem(MEMORY, this.on ? "0" : "1");
      } catch (error) {
        /* Private windows: it holds for this page. */
      }
      this._show();
    },

    _show: function () {
      this.el.toggleClass("regional-keys-on", this.on);
      this.$(".regional-hints").prop("hidden", false);
      this.$("[data-keys-toggle]").text(this.on ? this.texts.off : this.$("[data-keys-toggle]").data("keys-on"));
      this.$("[data-key]").each(
        function (_index, element) {
          if (this.on) element.setAttribute("aria-keyshortcuts", element.dataset.key);
          else element.removeAttribute("aria-keyshortcuts");
        }.bind(this)
      );
    },

    _pressed: function (event) {
      var typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
      if (!this.on || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "j" || event.key === "k") this._move(event.key === "j" ? 1 : -1, event);
      else if (event.key === "/") this._go(this.$("[data-keys-search]")[0], event);
      else if (/^[a-z]$/.test(event.key)) this._go(this.$('[data-key="' + event.key + '"]')[0], event);
    },

    _move: function (step, event) {
      var links = this.$("[data-keys-row] h2 a").toArray();
      if (!links.length) return;
      var at = links.indexOf(document.activeElement);
      var next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
      this._go(links[Math.min(Math.max(next, 0), links.length - 1)], event);
    },

    _go: function (element, event) {
      if (!element || element.disabled) return;
      event.preventDefault();
      if (element.tagName === "A" && element.dataset.key) element.click();
      else element.focus();
    },
  };
});
