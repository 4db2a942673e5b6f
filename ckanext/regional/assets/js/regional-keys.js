"use strict";

/* Keyboard shortcuts of the queue and the case page; the pages are whole without them.
 *
 * [data-keys-row]    j and k go from one to the next; the link in it gets the focus, so Enter opens it; x ticks its box
 * [data-keys-search] / goes there
 * [data-key="X Y"]   X or Y follows a link, and only moves to a button or field: nothing is decided by one key
 * [data-key-words]   a button that wants words first: its key goes to the field of this id, from where Ctrl+Enter presses it
 * [data-keys-first]  gets the focus when the page opens (an error)
 * [data-keys-help]   a dialog that ? opens
 * [data-keys-toggle] turns the shortcuts off and on; a browser remembers it
 */
ckan.module("regional-keys", function ($) {
  var MEMORY = "regional-keys-off";

  return {
    initialize: function () {
      this.on = this._remembered();
      this._show();
      this.el.on("click", "[data-keys-toggle]", this._toggle.bind(this));
      document.addEventListener("keydown", this._pressed.bind(this));
      document.body.addEventListener("htmx:afterSettle", this._show.bind(this));
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
      var on = this.on;
      this.el.toggleClass("regional-keys-on", on);
      this.$(".regional-hints").prop("hidden", false);
      this.$("[data-keys-toggle]").each(function () {
        if (!this.dataset.keysOff) this.dataset.keysOff = this.textContent;
        this.textContent = on ? this.dataset.keysOff : this.dataset.keysOn;
      });
      this.$("[data-key]").each(function () {
        if (on) this.setAttribute("aria-keyshortcuts", this.dataset.key);
        else this.removeAttribute("aria-keyshortcuts");
      });
    },

    _pressed: function (event) {
      if (!this.on) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        this._send(event);
        return;
      }
      var typing = event.target.closest && event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]");
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      var rows = this.$("[data-keys-row]").length;
      if (rows && (event.key === "j" || event.key === "k")) this._move(event.key === "j" ? 1 : -1, event);
      else if (rows && event.key === "x") this._tick(event);
      else if (event.key === "/") this._go(this.$("[data-keys-search]")[0], event);
      else if (event.key === "?") this._help(event);
      else if (/^[a-z]$/.test(event.key)) this._key(this.$('[data-key~="' + event.key + '"]')[0], event);
    },

    _row: function () {
      return document.activeElement ? document.activeElement.closest("[data-keys-row]") : null;
    },

    _move: function (step, event) {
      var rows = this.$("[data-keys-row]").toArray();
      var at = rows.indexOf(this._row());
      var next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
      this._go(rows[Math.min(Math.max(next, 0), rows.length - 1)].querySelector("h2 a"), event);
    },

    _tick: function (event) {
      var row = this._row();
      var box = row && row.querySelector("input[type=checkbox]");
      if (!box || event.target === box) return;
      event.preventDefault();
      box.click();
    },

    _help: function (event) {
      var dialog = this.$("[data-keys-help]")[0];
      if (!dialog || !dialog.showModal) return;
      event.preventDefault();
      dialog.showModal();
    },

    /* A decision that wants words goes to them first; with words in place, to its button. */
    _key: function (element, event) {
      var words = element && element.dataset.keyWords && document.getElementById(element.dataset.keyWords);
      if (words && !words.value.trim()) {
        this.asked = element;
        this._go(words, event);
      } else {
        this._go(element, event);
      }
    },

    _send: function (event) {
      var words = event.target.closest && event.target.closest("textarea");
      var button = this.asked || (words && this.$('[data-key-words="' + words.id + '"]')[0]);
      if (!words || !button || button.disabled || !words.value.trim()) return;
      event.preventDefault();
      button.click();
    },

    _go: function (element, event) {
      if (!element || element.disabled) return;
      event.preventDefault();
      if (element.tagName === "A" && element.dataset.key) element.click();
      else element.focus();
    },
  };
});
