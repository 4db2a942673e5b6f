"use strict";

/* What the queue says when HTMX has replaced its list, and how many requests are chosen. It stands on the page around
 * the list, which HTMX takes out and puts in anew.
 */
ckan.module("regional-queue", function ($) {
  return {
    initialize: function () {
      this.el.on("change", ".regional-row-choose input", this._count.bind(this));
      this._count();
      document.body.addEventListener("htmx:afterSettle", this._replaced.bind(this));
      document.body.addEventListener("htmx:beforeSwap", this._leave.bind(this));
      document.body.addEventListener("htmx:sendError", this._leave.bind(this));
    },

    _list: function () {
      return document.getElementById("regional-queue");
    },

    /* Who hears the page is told what the filter did; where the focus was is gone with the old list. */
    _replaced: function () {
      var list = this._list();
      if (!list) return;
      this.$("[data-queue-status]").text(list.dataset.told);
      this._count();
      var heading = list.querySelector("h1");
      if (document.activeElement === document.body && heading) {
        heading.tabIndex = -1;
        heading.focus({ preventScroll: true });
      }
    },

    /* Logged out meanwhile, or a server that is down: the browser goes there itself and shows what it is told. */
    _leave: function (event) {
      if (!event.detail.pathInfo || !this.el[0].contains(event.detail.elt)) return;
      var answer = event.detail.xhr ? event.detail.xhr.responseText : "";
      if (event.type === "htmx:beforeSwap" && answer.indexOf('id="regional-queue"') >= 0) return;
      event.detail.shouldSwap = false;
      window.location.assign(event.detail.pathInfo.requestPath);
    },

    _count: function () {
      var place = this.$("[data-queue-chosen]")[0];
      if (!place) return;
      var chosen = this.$(".regional-row-choose input:checked").length;
      var words = chosen === 1 ? place.dataset.one : place.dataset.many.replace("{n}", chosen);
      place.textContent = chosen ? words : "";
    },
  };
});
