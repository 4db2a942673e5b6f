"use strict";

/* A calendar beside a field that takes a year, a month or a day as text.
 *
 * label - the button's words
 */
ckan.module("regional-date", function ($) {
  return {
    options: { label: "" },

    initialize: function () {
      if (!("showPicker" in HTMLInputElement.prototype)) return;
      var text = this.el;
      var day = $('<input type="date" class="regional-date-day" tabindex="-1" aria-hidden="true">');
      var button = $('<button type="button" class="btn btn-outline-secondary"><i class="fa fa-calendar" aria-hidden="true"></i></button>')
        .attr({ "aria-label": this.options.label, title: this.options.label });
      text.wrap('<div class="input-group regional-date-group">').after(day, button);
      button.on("click", function () {
        if (/^\d{4}-\d{2}-\d{2}$/.test(text.val())) day.val(text.val());
        day[0].showPicker();
      });
      day.on("change", function () {
        if (day.val()) text.val(day.val()).trigger("change").trigger("focus");
      });
    },
  };
});
