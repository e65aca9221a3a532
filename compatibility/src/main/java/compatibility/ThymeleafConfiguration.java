package compatibility;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

@Controller
class ThymeleafConfiguration {

    private final Notes notes;

    ThymeleafConfiguration(Notes notes) {
        this.notes = notes;
    }

    @GetMapping("/notes")
    String notes(Model model) {
        model.addAttribute("notes", notes.findByTextContaining(""));
        return "notes";
    }
}
