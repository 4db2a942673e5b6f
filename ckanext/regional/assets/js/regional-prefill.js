"use strict";

/* What follows from other fields is filled in while somebody types, so that they see it and may change it; the server
 * does the same for who has no script.
 *
 * sector       → the themes, until somebody ticks a theme by hand
 * territory    → what the level's empty choice says
 * organisation → publisher, contact, licence, territory and steward of a new dataset, as far as nobody has touched them
 *
 * defaults  - the address that answers with an organisation's defaults; empty for a dataset that exists
 * prefilled - the fields that hold such defaults now
 */
ckan.module("regional-prefill", function ($) {
  var COUNTRY = /^(?:country:([a-z]{2})|nuts:([A-Z]{2})|(fr):)/;

  return {
    options: { defaults: "", prefilled: [] },

    initialize: function () {
      this.form = this.el.closest("form");
      this._themes();
      this._level();
      if (this.options.defaults) this._organisation();
    },

    _field: function (name) {
      return this.el.find('[data-field="' + name + '"]');
    },

    /* Themes */

    _themes: function () {
      var sectors = this.el.find("fieldset[data-themes]");
      var boxes = this._field("theme").find("input[type=checkbox]");
      if (!sectors.length || !boxes.length) return;
      var known = JSON.parse(sectors[0].dataset.themes);
      var said = this.el.find("[data-derived=theme]");

      function following() {
        return sectors.find("input:checked").toArray().flatMap(function (box) { return known[box.value] || []; });
      }
      function ticked() {
        return boxes.filter(":checked").toArray().map(function (box) { return box.value; });
      }
      var follows = following();
      var byHand = ticked().length > 0 && ticked().sort().join() !== follows.filter(once).sort().join();

      boxes.on("change", function () {
        byHand = ticked().length > 0;
        said.text("");
      });
      sectors.on("change", "input", function () {
        if (byHand) return;
        var wanted = following();
        var names = [];
        boxes.each(function () {
          this.checked = wanted.indexOf(this.value) >= 0;
          if (this.checked) names.push($(this).closest("label").text().trim());
        });
        said.text(names.length ? said.data("text").replace("{what}", names.join(", ")) : "");
      });
    },

    /* Level */

    _level: function () {
      var select = this.el.find("select[data-levels]");
      if (!select.length) return;
      var labels = JSON.parse(select[0].dataset.levels);
      this.form.on("regional:chosen", function (event, chosen) {
        if (event.target.dataset.regionalName !== "territory") return;
        var level = widest(chosen);
        var text = level ? select.data("told").replace("{level}", labels[level]) : select.data("untold");
        select.find('option[value=""]').text(text);
      });
    },

    /* Organisation */

    _organisation: function () {
      var self = this;
      this.mine = {};
      this.el.find("[data-field]").each(function () {
        var name = this.dataset.field;
        var given = self.options.prefilled.indexOf(name) >= 0;
        self.mine[name] = !given && hasText(this);
      });
      this.el.on("input change regional:chosen", "[data-field]", function (event) {
        if (!self.filling) self.mine[event.currentTarget.dataset.field] = true;
      });
      this.form.on("change", "[name=owner_org]", this._changed.bind(this));
    },

    _changed: function (event) {
      var self = this;
      var organisation = event.target.value;
      // Whoever answered for the other organisation's data is no member of this one.
      this.mine.steward = false;
      if (!organisation) {
        this._fill({}, "");
        return;
      }
      var asked = (this.asked = (this.asked || 0) + 1);
      var name = $(event.target).find("option:selected").text().trim();
      $.getJSON(this.options.defaults, { organisation: organisation }).done(function (found) {
        if (asked === self.asked) self._fill(found, name);
      });
    },

    _fill: function (found, organisation) {
      var self = this;
      var said = this.el.find("[data-derived=owner_org]");
      var filled = [];
      this.filling = true;
      ["publisher", "contact", "license_id", "territory", "steward"].forEach(function (name) {
        var field = self._field(name);
        if (!field.length || self.mine[name]) return;
        if (name === "publisher" || name === "contact") self._record(field, name, (found[name] || [])[0] || {});
        else if (name === "license_id") field.find("select").val(found[name] || "notspecified").trigger("change");
        else self._choose(field, name === "steward" ? (found[name] ? [found[name]] : []) : places(found[name]));
        if (found[name]) filled.push(field[0].dataset.label);
      });
      this.filling = false;
      said.text(filled.length ? said.data("text").replace("{organisation}", organisation).replace("{what}", filled.join(", ")) : "");
      this.form.trigger("regional:changed");
    },

    _record: function (field, name, record) {
      field.find('[name^="' + name + '-"]').each(function () {
        if (this.name.split("-")[1] === field.find('[name^="' + name + '-"]')[0].name.split("-")[1]) {
          $(this).val(record[this.name.split("-").slice(2).join("-")] || "");
        }
      });
    },

    _choose: function (field, chosen) {
      field.find("[data-regional-name]").trigger("regional:set", [chosen]);
    },
  };

  function places(found) {
    return (found || []).map(function (place) {
      return { id: place.code, text: place.name, path: place.path, level: place.level, notice: place.notice };
    });
  }

  function once(value, index, all) {
    return all.indexOf(value) === index;
  }

  function hasText(field) {
    return $(field).find("input, select, textarea").toArray().some(function (control) {
      if (control.type === "checkbox") return control.checked;
      return control.name && String($(control).val() || "").trim() && control.value !== "notspecified";
    });
  }

  /* As territory.widest_level does it, of what the fields know. */
  function widest(chosen) {
    var levels = chosen.map(function (place) { return place.level; });
    var countries = chosen
      .map(function (place) { return (COUNTRY.exec(place.id) || []).slice(1).find(Boolean) || ""; })
      .map(function (code) { return code.toLowerCase(); })
      .filter(Boolean);
    if (levels.indexOf("international") >= 0 || countries.filter(once).length > 1) return "international";
    if (levels.indexOf("national") >= 0) return "national";
    return levels.indexOf("local") >= 0 ? "local" : "";
  }
});
